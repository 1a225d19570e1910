import { useEffect, useRef } from "react";
import { useMe } from "../session/use-session";

/** Keys of a screen, by their Latin letter or their name: `j`, `Enter`. */
export type Letters = Readonly<Record<string, () => void>>;

const FIELDS = "input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=listbox]";

/** Whether a single letter acts as a key. Who dictates to the computer, or touches keys by accident, switches it off (WCAG 2.1.4). */
export const useLetterKeys = (): boolean => useMe().preferences["letter_keys"] !== false;

/** Calls what a key means while no field, menu or dialog has the focus. */
export function useLetters(letters: Letters): void {
  const isOn = useLetterKeys();
  const latest = useRef(letters);
  latest.current = isOn ? letters : withoutLetters(letters);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const act = wanted(event) ? latest.current[letterOf(event)] : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function withoutLetters(letters: Letters): Letters {
  return Object.fromEntries(Object.entries(letters).filter(([key]) => key.length > 1));
}

export function wanted(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.getModifierState("AltGraph")) return false;
  // A question mark is typed with Shift on most keyboards.
  if (event.shiftKey && event.key !== "?") return false;
  return !(event.target instanceof Element && event.target.closest(FIELDS));
}

/** By what is printed on the key where that is Latin, else by the key's place. */
export function letterOf(event: Pick<KeyboardEvent, "key" | "code">): string {
  const isOtherScript = event.key.length === 1 && event.key.charCodeAt(0) > 0x24f;
  return isOtherScript && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key.toLowerCase();
}
