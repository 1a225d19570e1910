// Keys of the board. Letters by `key`, or by `code` where `key` is not Latin; nothing with AltGr, while composing or in a text field.

import type { Direction } from "./moves";

export type BoardKey =
  | { readonly kind: "select"; readonly direction: Direction }
  | { readonly kind: "move"; readonly direction: Direction }
  | { readonly kind: "letter"; readonly letter: string }
  | { readonly kind: "open" };

const arrows: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

export function letterOf(event: Pick<KeyboardEvent, "key" | "code">): string {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  const latin = /^Key([A-Z])$/.exec(event.code)?.[1];
  return latin && event.key.length === 1 && event.key > "\u007f" ? latin.toLowerCase() : event.key;
}

function inTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function boardKey(event: KeyboardEvent): BoardKey | null {
  if (event.isComposing || event.keyCode === 229 || event.getModifierState("AltGraph")) return null;
  if (inTextField(event.target)) return null;
  const direction = arrows[event.key];
  const command = event.ctrlKey || event.metaKey;
  if (direction && command && event.shiftKey && !event.altKey) return { kind: "move", direction };
  if (command || event.altKey) return null;
  if (direction && !event.shiftKey) return { kind: "select", direction };
  if (event.key === "Enter") return { kind: "open" };
  const letter = letterOf(event);
  if (letter === "j") return { kind: "select", direction: "down" };
  if (letter === "k") return { kind: "select", direction: "up" };
  return { kind: "letter", letter };
}
