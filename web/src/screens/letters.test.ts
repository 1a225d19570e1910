import { expect, test } from "vitest";
import { letterOf } from "./letters";

test("a key means what is printed on it, wherever it is", () => {
  expect(letterOf({ key: "j", code: "KeyC" })).toBe("j");
  expect(letterOf({ key: "J", code: "KeyJ" })).toBe("j");
  expect(letterOf({ key: "ö", code: "Semicolon" })).toBe("ö");
  expect(letterOf({ key: "ArrowDown", code: "ArrowDown" })).toBe("arrowdown");
});

test("on a keyboard that is not Latin a key means the Latin letter of its place", () => {
  expect(letterOf({ key: "о", code: "KeyJ" })).toBe("j");
  expect(letterOf({ key: "ξ", code: "KeyJ" })).toBe("j");
});
