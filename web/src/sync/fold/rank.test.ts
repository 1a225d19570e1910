import { expect, it } from "vitest";
import { between } from "./rank";

it.each([
  [undefined, undefined, "a0"],
  [undefined, "a0", "Zz"],
  ["a0", undefined, "a1"],
  ["az", undefined, "b00"],
  ["Zz", undefined, "a0"],
  ["a0", "a1", "a0V"],
  ["a0V", "a1", "a0l"],
  ["a0", "a00V", "a00G"],
  ["Zz", "a0", "ZzV"],
  ["a0", "a2", "a1"],
  ["b127", "b128", "b127V"],
  [undefined, "Y00", "Xzzz"],
  [undefined, "a0V", "a0"],
  [`z${"z".repeat(26)}`, undefined, `z${"z".repeat(26)}V`],
  [undefined, `A${"0".repeat(26)}V`, `A${"0".repeat(26)}G`],
])("the rank between %s and %s is %s", (lower, upper, rank) => {
  expect(between(lower, upper)).toBe(rank);
});

it("a rank between two is between them, wherever drops fall", () => {
  let state = 7;
  const below = (end: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * end);
  };
  for (const spread of [1, 3, 40]) {
    const list: string[] = [];
    for (let drop = 0; drop < 1_000; drop += 1) {
      const at = Math.max(0, below(list.length + 1) - (drop % spread === 0 ? 0 : list.length));
      list.splice(at, 0, between(list[at - 1], list[at]));
    }
    expect(new Set(list).size).toBe(list.length);
    expect([...list].sort()).toEqual(list);
  }
});
