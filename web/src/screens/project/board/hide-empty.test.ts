import { expect, test } from "vitest";
import { hiddenKeys } from "./hide-empty";

test("what is hidden is kept by project", () => {
  const preferences = { hide_empty: { p: ["done", "todo"], q: ["other"] } };
  expect(hiddenKeys(preferences, "p")).toEqual(["done", "todo"]);
  expect(hiddenKeys(preferences, "r")).toEqual([]);
});

test("preferences of another shape hide nothing", () => {
  for (const hide_empty of [undefined, null, "p", [], { p: "done" }, { p: null }]) {
    expect(hiddenKeys({ hide_empty }, "p")).toEqual([]);
  }
  expect(hiddenKeys({ hide_empty: { p: ["done", 1] } }, "p")).toEqual(["done"]);
});
