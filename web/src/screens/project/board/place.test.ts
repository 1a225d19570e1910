import { describe, expect, it } from "vitest";
import { placeAt } from "./place";

const rows = [
  { id: "a", top: 0, bottom: 40 },
  { id: "b", top: 46, bottom: 86 },
  { id: "c", top: 92, bottom: 132 },
];

describe("where a card lands", () => {
  it("is above a card whose middle is below the pointer", () => {
    expect(placeAt("todo", rows, "x", 50)).toMatchObject({ after: "a", before: "b" });
  });

  it("is below a card whose middle is above the pointer", () => {
    expect(placeAt("todo", rows, "x", 70)).toMatchObject({ after: "b", before: "c" });
  });

  it("is the beginning above all, and the end below all", () => {
    expect(placeAt("todo", rows, "x", -5)).toMatchObject({ after: null, before: "a" });
    expect(placeAt("todo", rows, "x", 500)).toMatchObject({ after: "c", before: null });
  });

  it("never names the dragged card itself", () => {
    expect(placeAt("todo", rows, "b", 60)).toMatchObject({ after: "a", before: "c" });
  });

  it("of an empty column has no neighbours", () => {
    expect(placeAt("todo", [], "x", 10)).toEqual({ status: "todo", after: null, before: null, line: 3 });
  });
});
