import { expect, test } from "vitest";
import { hueOfColor, hueOfId, hues, labelColors } from "./hue";

test("a colour that labels are offered in is drawn in the hue it is named for", () => {
  expect(labelColors.map(({ hex }) => hueOfColor(hex))).toEqual(labelColors.map(({ hue }) => hue));
});

test("any other colour is drawn in the nearest of the hues", () => {
  expect(hueOfColor("#ff0000")).toBe(25);
  expect(hueOfColor("#D4380D")).toBe(25);
  expect(hueOfColor("#00ff00")).toBe(150);
  expect(hueOfColor("#0000ff")).toBe(245);
  expect(hueOfColor("#ff0080")).toBe(345);
});

test("black, white, greys and what is no colour have no hue", () => {
  for (const color of ["#000000", "#ffffff", "#7f8081", "red", "#fff", ""]) expect(hueOfColor(color)).toBeNull();
});

test("an id has one hue, and many ids use all of them", () => {
  expect(hueOfId("a")).toBe(hueOfId("a"));
  const used = new Set(Array.from({ length: 200 }, (_, at) => hueOfId(`user-${at}`)));
  expect([...used].toSorted((one, other) => one - other)).toEqual([...hues]);
});
