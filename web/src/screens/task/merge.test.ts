import { expect, it } from "vitest";
import { conflictsOf, mergeTexts, textOf } from "./merge";

const base = "one\ntwo\nthree\nfour\nfive";

it("lines that do not touch are merged", () => {
  const blocks = mergeTexts("ONE\ntwo\nthree\nfour\nfive", base, "one\ntwo\nthree\nfour\nFIVE\nsix");
  expect(textOf(blocks)).toBe("ONE\ntwo\nthree\nfour\nFIVE\nsix");
});

it("the same change on both sides is no conflict", () => {
  expect(textOf(mergeTexts("one\nTWO", "one\ntwo", "one\nTWO"))).toBe("one\nTWO");
});

it("the same line changed twice has to be decided, block by block", () => {
  const blocks = mergeTexts("ONE\ntwo\nthree\nfour\n5", base, "Eins\ntwo\nthree\nfour\nFIVE");
  expect(conflictsOf(blocks)).toBe(2);
  expect(textOf(blocks)).toBeNull();
  expect(textOf(blocks, ["mine", null])).toBeNull();
  expect(textOf(blocks, ["mine", "theirs"])).toBe("ONE\ntwo\nthree\nfour\nFIVE");
  expect(textOf(blocks, ["both", "mine"])).toBe("ONE\nEins\ntwo\nthree\nfour\n5");
});
