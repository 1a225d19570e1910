import { expect, test } from "vitest";
import { suggestKey, tidyKey } from "./key";

test.each([
  ["Web shop", "WS"],
  ["Warehouse", "WARE"],
  ["Über uns", "UU"],
  ["The road to the sea of rain", "TRTTSO"],
  ["2026 plan", ""],
  ["Go", "GO"],
  ["倉庫", ""],
  ["", ""],
])("the key of %j is %j", (name, key) => {
  expect(suggestKey(name)).toBe(key);
});

test("a suggested key is one that the server takes, or none", () => {
  for (const name of ["3D print", "a b", "x", "Ünïcödé", "--", "4 2"]) {
    expect(suggestKey(name)).toMatch(/^$|^[A-Z][A-Z0-9]{1,5}$/);
  }
});

test("a typed key has capital letters and digits only", () => {
  expect(tidyKey("web-shop 24x")).toBe("WEBSHO");
});
