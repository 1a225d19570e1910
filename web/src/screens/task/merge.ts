// Two people changed one text. Lines that do not touch are merged; where they do, somebody has to choose.

import { diff3Merge } from "node-diff3";

export type Block =
  | { readonly kind: "same"; readonly lines: readonly string[] }
  | { readonly kind: "conflict"; readonly mine: readonly string[]; readonly theirs: readonly string[] };

export type Side = "mine" | "theirs" | "both";

/** The blocks of a three-way merge by lines. Without a conflict among them, all is merged. */
export function mergeTexts(mine: string, base: string, theirs: string): Block[] {
  const [a, o, b] = [mine, base, theirs].map((text) => text.split("\n")) as [string[], string[], string[]];
  return diff3Merge(a, o, b, { excludeFalseConflicts: true }).map((block) =>
    block.conflict
      ? { kind: "conflict", mine: block.conflict.a, theirs: block.conflict.b }
      : { kind: "same", lines: block.ok ?? [] },
  );
}

/** The text when each conflict was decided. `null`: there is one that was not. */
export function textOf(blocks: readonly Block[], sides: readonly (Side | null)[] = []): string | null {
  const lines: string[] = [];
  let conflict = 0;
  for (const block of blocks) {
    if (block.kind === "same") {
      lines.push(...block.lines);
      continue;
    }
    const side = sides[conflict++] ?? null;
    if (side === null) return null;
    if (side !== "theirs") lines.push(...block.mine);
    if (side !== "mine") lines.push(...block.theirs);
  }
  return lines.join("\n");
}

export const conflictsOf = (blocks: readonly Block[]): number =>
  blocks.filter(({ kind }) => kind === "conflict").length;
