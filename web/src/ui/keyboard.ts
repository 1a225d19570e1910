import type { KeyboardEvent as ReactKeyboardEvent } from "react";

type AnyKeyboardEvent = KeyboardEvent | ReactKeyboardEvent;

/** True while an input method composes: its Enter and Esc are its own. 229 is what Safari sends for the closing key. */
export function isComposing(event: AnyKeyboardEvent): boolean {
  const native = "nativeEvent" in event ? event.nativeEvent : event;
  return native.isComposing || native.keyCode === 229;
}

const apple = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");
const symbols: Record<string, string> = { Enter: "↵", Escape: "Esc", Up: "↑", Down: "↓", Left: "←", Right: "→" };

/** The parts of a shortcut as this system writes them: `Mod+Shift+K` is ⌘ ⇧ K or Ctrl Shift K. */
export function shortcutParts(shortcut: string): string[] {
  return shortcut.split("+").map((part) => {
    if (part === "Mod") return apple ? "⌘" : "Ctrl";
    if (part === "Shift") return apple ? "⇧" : "Shift";
    return symbols[part] ?? part;
  });
}

/** A shortcut as `aria-keyshortcuts` wants it. */
export const ariaShortcut = (shortcut: string): string => shortcut.replace("Mod", apple ? "Meta" : "Control");
