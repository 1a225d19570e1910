// What a field of Markdown does by itself while somebody types. Pure: a text and a selection in, an edit out.

export interface Selection {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `insert` takes the place of `from`–`to`; then `start`–`end` is selected. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly start: number;
  readonly end: number;
}

const item = /^(\s*(?:>\s?)*)([-*+]|(\d{1,9})([.)]))(\s+)(\[[ xX]\]\s+)?/;

/** What Enter does within a list: the next point, or the end of the list where the point is empty. `null`: just a new line. */
export function goOn({ text, start, end }: Selection): Edit | null {
  if (start !== end) return null;
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const line = text.slice(from, start);
  const found = item.exec(line);
  if (!found) return null;
  const [all, indent = "", bullet = "", number, after = "", gap = " ", box] = found;
  if (all === line && text.slice(start).split("\n", 1)[0]?.trim() === "") return edit(from, start, indent.trimEnd());
  const next = number === undefined ? bullet : `${Number(number) + 1}${after}`;
  return edit(start, start, `\n${indent}${next}${gap}${box ? "[ ] " : ""}`);
}

/** Puts `mark` around what is selected, or takes it away. */
export function wrap({ text, start, end }: Selection, mark: string): Edit {
  const { length } = mark;
  const inside = text.slice(start, end);
  if (text.slice(start - length, start) === mark && text.slice(end, end + length) === mark) {
    return { from: start - length, to: end + length, insert: inside, start: start - length, end: end - length };
  }
  return { from: start, to: end, insert: `${mark}${inside}${mark}`, start: start + length, end: end + length };
}

/** A link pasted over words makes a link of them. `null`: paste as usual. */
export function pasteLink({ text, start, end }: Selection, pasted: string): Edit | null {
  const address = pasted.trim();
  const words = text.slice(start, end);
  if (!/^https?:\/\/\S+$/i.test(address) || words.trim() === "" || words.includes("\n")) return null;
  if (/^https?:\/\//i.test(words) || !URL.canParse(address)) return null;
  return edit(start, end, `[${words}](${address.replaceAll(/[()]/g, encodeBracket)})`);
}

const encodeBracket = (bracket: string): string => (bracket === "(" ? "%28" : "%29");

export interface Trigger {
  readonly kind: "person" | "task" | "emoji";
  readonly query: string;
  /** What a choice takes the place of. */
  readonly from: number;
  readonly to: number;
}

/** What is being looked for at the caret: `@mi`, `#12`, `SHOP-1`, `:thu`. */
export function triggerAt({ text, start, end }: Selection, key: string): Trigger | null {
  if (start !== end) return null;
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const person = /(?:^|[^\p{L}\p{N}_\\<])@((?:[\p{L}\p{N}.'-]+ ?){0,4})$/u.exec(before);
  if (person) return trigger("person", person[1] ?? "", start);
  const hash = /(?:^|\s)#([^\s#][^#]{0,40}|)$/u.exec(before);
  if (hash) return trigger("task", hash[1] ?? "", start);
  const named = new RegExp(`(?:^|[^\\p{L}\\p{N}_/-])${key}-(\\d*)$`, "u").exec(before);
  if (named) return trigger("task", named[1] ?? "", start, key.length + 1);
  const emoji = /(?:^|\s):([a-z0-9_+-]{1,20})$/.exec(before);
  return emoji ? trigger("emoji", emoji[1] ?? "", start) : null;
}

const trigger = (kind: Trigger["kind"], query: string, to: number, sign = 1): Trigger => ({
  kind,
  query,
  from: to - query.length - sign,
  to,
});

export function edit(from: number, to: number, insert: string): Edit {
  const end = from + insert.length;
  return { from, to, insert, start: end, end };
}

export const mostBytes = 102_400;

/** By how much a text is over the limit, in words. `null`: it is not. */
export function tooLong(text: string): string | null {
  const over = new TextEncoder().encode(text).length - mostBytes;
  if (over <= 0) return null;
  return `${new Intl.NumberFormat("en").format(over)} ${over === 1 ? "byte" : "bytes"} too long`;
}
