import { expect, test } from "vitest";
import { initials } from "./avatar";

test("initials are the first letters of the first and the last word", () => {
  expect(initials("Ada Lovelace")).toBe("AL");
  expect(initials("Grace Brewster Hopper")).toBe("GH");
  expect(initials("  ada  ")).toBe("A");
});

test("initials are whole letters of any script, without signs around them", () => {
  expect(initials("łukasz żółć")).toBe("ŁŻ");
  expect(initials("李小龙")).toBe("李");
  expect(initials("𐐨𐐩 (Deseret)")).toBe("𐐀D");
});

test("a name without a letter has a question mark", () => {
  expect(initials("")).toBe("?");
  expect(initials("👋 …")).toBe("?");
});
