// Check boxes of Markdown's task lists: which line of the text each one is, and that line with the box ticked.

import type { Token, Tokens } from "marked";

/** A box as it stands in a text. `content` is its line without the box, by which it is found again in a changed text. */
export interface Box {
  readonly line: number;
  readonly checked: boolean;
  readonly content: string;
}

const boxed = /^((?:[\s>]|[-*+]\s|\d{1,9}[.)]\s)*(?:[-*+]|\d{1,9}[.)])\s+)\[([ xX])\](?=\s|$)(.*)$/;

function boxAt(line: number, text: string | undefined): Box | null {
  const found = boxed.exec(text ?? "");
  return found ? { line, checked: found[2] !== " ", content: `${found[1]}${found[3]}` } : null;
}

/** The boxes of a text by their tokens. A box whose line can't be told for certain is not there: it can't be ticked. */
export function boxesOf(tokens: readonly Token[], text: string): Map<Token, Box> {
  const lines = text.split("\n");
  const boxes = new Map<Token, Box>();
  let last = -1;
  const walk = (all: readonly Token[], start: number) => {
    let line = start;
    for (const token of all) {
      if (token.type === "list") walkItems((token as Tokens.List).items, line);
      else if (token.type === "blockquote") walk(token.tokens ?? [], line);
      line += breaks(token.raw);
    }
  };
  const walkItems = (items: readonly Tokens.ListItem[], start: number) => {
    let line = start;
    for (const item of items) {
      const token = boxToken(item);
      const box = token ? boxAt(line, lines[line]) : null;
      if (token && box && isOf(box, item) && line > last) {
        boxes.set(token, box);
        last = line;
      }
      walk(item.tokens, line);
      line += breaks(item.raw);
    }
  };
  walk(tokens, 0);
  return boxes;
}

/** Lines are counted along the tokens, which is not certain in quotes that go on without their sign. */
function isOf(box: Box, item: Tokens.ListItem): boolean {
  const words = item.text.split("\n", 1)[0] ?? "";
  return box.checked === item.checked && box.content.endsWith(words.trimEnd());
}

function boxToken(item: Tokens.ListItem): Token | undefined {
  const first = item.tokens[0];
  if (first?.type === "checkbox") return first;
  const nested = first && "tokens" in first ? first.tokens?.[0] : undefined;
  return nested?.type === "checkbox" ? nested : undefined;
}

const breaks = (text: string): number => text.split("\n").length - 1;

/**
 * `text` with the box ticked or cleared, everything else as it is. The text may have changed since the box was seen: then the
 * nearest line with the same words is meant. `null`: there is none any more.
 */
export function tick(text: string, box: Box, checked: boolean): string | null {
  const lines = text.split("\n");
  const same = lines.flatMap((line, index) =>
    boxAt(index, line.replace(/\r$/, ""))?.content === box.content ? [index] : [],
  );
  same.sort((a, b) => Math.abs(a - box.line) - Math.abs(b - box.line));
  const index = same[0];
  if (index === undefined) return null;
  lines[index] = (lines[index] ?? "").replace(/\[[ xX]\]/, checked ? "[x]" : "[ ]");
  return lines.join("\n");
}
