const LONGEST = 6;

/**
 * A key for a project of this name: the initials of several words, else the beginning of the word. Empty where the name has
 * no letters that a key may have; then the server chooses one.
 */
export function suggestKey(name: string): string {
  const words = name
    .normalize("NFD")
    .toUpperCase()
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map((word) => word.replace(/[^A-Z0-9]/g, ""))
    .filter((word) => word !== "");
  const text = words.length > 1 ? words.map((word) => word.charAt(0)).join("") : (words[0] ?? "").slice(0, 4);
  const key = text.replace(/^[0-9]+/, "").slice(0, LONGEST);
  return key.length < 2 ? "" : key;
}

/** Letters and digits as they are typed into the field. */
export const tidyKey = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .slice(0, LONGEST);
