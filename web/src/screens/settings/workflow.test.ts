import { expect, test } from "vitest";
import type { Workflow } from "../../sync/model";
import { added, changed, keyFor, limitFault, limitOf, moved, removed } from "./workflow";

const workflow: Workflow = {
  statuses: [
    { key: "todo", name: "Todo", category: "open" },
    { key: "doing", name: "Doing", category: "active", limit: 3 },
    { key: "done", name: "Done", category: "done" },
  ],
  transitions: { todo: ["doing"], doing: ["todo", "done"] },
};
const keys = (of: Workflow) => of.statuses.map((status) => status.key);

test("a change leaves the key, the other columns and the steps as they are", () => {
  const renamed = changed(workflow, "doing", { name: "In progress" });
  expect(renamed.statuses[1]).toEqual({ key: "doing", name: "In progress", category: "active", limit: 3 });
  expect(renamed.statuses[0]).toBe(workflow.statuses[0]);
  expect(renamed.transitions).toBe(workflow.transitions);
});

test("a column moves by places and stops at the ends", () => {
  expect(keys(moved(workflow, "todo", 1))).toEqual(["doing", "todo", "done"]);
  expect(keys(moved(workflow, "done", -2))).toEqual(["done", "todo", "doing"]);
  expect(keys(moved(workflow, "todo", -1))).toEqual(["todo", "doing", "done"]);
  expect(keys(moved(workflow, "done", 5))).toEqual(["todo", "doing", "done"]);
});

test("a new column is behind the named one, else behind those for work, and has the category of the one before", () => {
  const more = added(workflow, "In review", "doing");
  expect(keys(more)).toEqual(["todo", "doing", "in_review", "done"]);
  expect(more.statuses[2]?.category).toBe("active");
  expect(keys(added(workflow, "Later"))).toEqual(["todo", "doing", "later", "done"]);
});

test("no step leads to or from a column that is gone", () => {
  const less = removed(workflow, "doing");
  expect(keys(less)).toEqual(["todo", "done"]);
  expect(less.transitions).toEqual({ todo: [] });
});

test("a key is new, of small Latin letters, and there for every name", () => {
  expect(keyFor("In Prüfung!", [])).toBe("in_prufung");
  expect(keyFor("Done", ["done", "done_2"])).toBe("done_3");
  expect(keyFor("完了", [])).toBe("column");
  expect(keyFor("完了", ["label"], "label")).toBe("label_2");
});

test("a limit is a whole number from 1 on, or none", () => {
  expect(["", "1", "100000"].map(limitFault)).toEqual([null, null, null]);
  for (const wrong of ["0", "-1", "1.5", "100001", "many"]) expect(limitFault(wrong)).not.toBeNull();
  expect(limitOf("")).toBeNull();
  expect(limitOf("6")).toBe(6);
});
