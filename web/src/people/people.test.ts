import { expect, it } from "vitest";
import { People } from "./people";

const people = new People([
  { id: "1", name: "Zoë", active: true, member: true },
  { id: "2", name: "Åsa", active: true, member: true },
  { id: "3", name: "Jonas", active: true, member: false },
  { id: "4", name: "", active: false, member: false },
]);

it("who has left is named, and that they have left", () => {
  expect(people.label("1")).toBe("Zoë");
  expect(people.label("3")).toBe("Jonas (left)");
});

it("a deleted account and somebody unknown are somebody", () => {
  expect(people.name("4")).toBe("Somebody");
  expect(people.label("9")).toBe("Somebody");
});

it("members stand in the order of the reader's language", () => {
  expect(people.members("en").map(({ name }) => name)).toEqual(["Åsa", "Zoë"]);
  expect(people.members("sv").map(({ name }) => name)).toEqual(["Zoë", "Åsa"]);
});
