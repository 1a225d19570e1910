import { expect, it } from "vitest";
import { People } from "../../people/people";
import type { Json, Snapshot } from "../../sync/model";
import { Tables } from "../../sync/tables";
import { type Activity, activityWords } from "./activity-words";

const view = Tables.of({
  project: {
    key: "SHOP",
    workflow: {
      statuses: [
        { key: "todo", name: "Todo", category: "open" },
        { key: "done", name: "Done", category: "done" },
      ],
    },
    labels: [{ key: "bug", name: "Bug", color: "#d4380d", archived: false }],
    fields: [{ key: "size", name: "Size", type: "text", options: null, archived: false }],
  },
  members: [],
  tasks: [
    { id: "t1", number: 1, title: "", status: "todo" },
    { id: "t2", number: 2, title: "", status: "todo" },
  ],
  dependencies: [],
} as unknown as Snapshot);
const people = new People([{ id: "mira", name: "Mira", active: true, member: true }]);
const reader = { view, people, task: "t1", day: (day: string) => `<${day}>` };

function words(type: string, field: string, from: Json, to: Json, more: Partial<Activity> = {}): string | null {
  const activity = { version: 1, type, at: "", actor: "mira", tasks: ["t1"], changes: [{ field, from, to }], ...more };
  return activityWords(activity as Activity, reader);
}

it.each([
  ["status", "todo", "done", "changed status from Todo to Done"],
  ["priority", "none", "high", "changed priority to High"],
  ["assignees", [], ["mira"], "assigned Mira"],
  ["labels", ["bug"], [], "removed the label Bug"],
  ["parent", null, "t2", "put this below SHOP-2"],
  ["due_on", null, "2026-12-24", "set the due date to <2026-12-24>"],
  ["fields", {}, { size: "s" }, "changed Size"],
  ["description", "", "text", "wrote a description"],
] as const)("%s from %j to %j", (field, from, to, expected) => {
  expect(words("task.updated", field, from as Json, to as Json)).toBe(expected);
});

it("a dependency is told from the side of the task that is looked at", () => {
  expect(words("dependency.added", "blocks", null, "t2", { tasks: ["t1", "t2"] })).toBe("made this wait for SHOP-2");
  expect(words("dependency.added", "blocks", null, "t1", { tasks: ["t2", "t1"] })).toBe("made SHOP-2 wait for this");
  expect(words("dependency.removed", "relates", "t9", null, { tasks: ["t1", "t9"] })).toBe(
    "took away the relation to a task that left the board",
  );
});

it.each([
  ["task.archived", "archived this task"],
  ["task.unarchived", "brought this task back"],
])("%s is told", (type, expected) => {
  expect(words(type, "", null, null, { changes: [] })).toBe(expected);
});

it("an undo and a token are named", () => {
  expect(words("task.moved", "status", "done", "todo", { undoes: 4, via: "CI" })).toBe(
    "undid a change: changed status from Done to Todo (with the token CI)",
  );
});

it("what only moved its card, and what the comments show, is not told", () => {
  expect(words("task.moved", "status", null, null, { changes: [] })).toBeNull();
  expect(words("comment.added", "body", null, "x")).toBeNull();
});
