import { expect, test } from "vitest";
import { countWords } from "./tasks";

test("a count says how many of all pass the filter, and only the number where all do", () => {
  expect(countWords(12, 12)).toBe("12");
  expect(countWords(0, 0)).toBe("0");
  expect(countWords(3, 1_200)).toBe(`3 of ${(1_200).toLocaleString()}`);
});
