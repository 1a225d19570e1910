import { expect, test } from "vitest";
import type { ProjectEvent } from "../sync/model";
import type { Tables } from "../sync/tables";
import { eventWords } from "./events";

const project = { key: "SHOP", workflow: { statuses: [{ key: "done", name: "Done", category: "done" }] } };
const view = { project, task: (id: string) => (id === "b" ? { number: 9 } : undefined) } as unknown as Tables;
const words = (type: string, data: unknown) => eventWords({ type, data } as ProjectEvent, "a", view);

test("what somebody did to a task is a sentence", () => {
  expect(words("task.updated", { task: "a", set: { title: "x", due_on: null } })).toBe(
    "changed the title and due date",
  );
  expect(words("task.updated", { task: "a", set: { title: "x", rank: "a0" } })).toBe("changed the title");
  expect(words("task.moved", { task: "a", rank: "a0", status: "done" })).toBe("moved it to Done");
  expect(words("comment.added", { task: "a" })).toBe("commented");
  expect(words("dependency.added", { task: "a", on: "b", kind: "blocks" })).toBe("made it wait for SHOP-9");
  expect(words("task.deleted", { task: "c", tasks: ["c", "a"] })).toBe("deleted it");
  expect(words("task.archived", { task: "c", tasks: ["c", "a"] })).toBe("archived it");
});

test("another task, a place in the column and a reaction are no sentence", () => {
  expect(words("task.updated", { task: "b", set: { title: "x" } })).toBeNull();
  expect(words("task.moved", { task: "a", rank: "a0" })).toBeNull();
  expect(words("comment.reacted", { task: "a" })).toBeNull();
  expect(words("label.put", { key: "a" })).toBeNull();
});
