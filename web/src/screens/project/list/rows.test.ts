import { describe, expect, it } from "vitest";
import type { Status, Task } from "../../../sync/model";
import { inOrder, readOrder, rowsOf } from "./rows";

const status = (key: string) => ({ key, name: key, category: "open" }) as Status;
const tasks: Record<string, Partial<Task>> = {
  a: { priority: "low", due_on: null, updated_at: "2026-01-01", number: 3 },
  b: { priority: "urgent", due_on: "2026-12-24", updated_at: "2026-01-03", number: 1 },
  c: { priority: "low", due_on: "2026-12-01", updated_at: "2026-01-02", number: 2 },
};
const task = (id: string) => ({ id, ...tasks[id] }) as Task;
const ids = ["a", "b", "c"];

describe("a list", () => {
  it("has a head and the tasks of each status that has some", () => {
    const groups = [
      { status: status("todo"), ids: ["a", "b"] },
      { status: status("doing"), ids: [] },
      { status: status("done"), ids: ["c"] },
    ];
    const rows = rowsOf(groups, new Set(["done"]));
    expect(rows.map((row) => (row.kind === "head" ? `${row.status.key} ${row.count}` : row.id))).toEqual([
      "todo 2",
      "a",
      "b",
      "done 1",
    ]);
  });

  it("is in the order that is asked for, equal ones in the order by hand", () => {
    expect(inOrder(ids, "hand", task)).toBe(ids);
    expect(inOrder(ids, "priority", task)).toEqual(["b", "a", "c"]);
    expect(inOrder(ids, "due", task)).toEqual(["c", "b", "a"]);
    expect(inOrder(ids, "updated", task)).toEqual(["b", "c", "a"]);
    expect(inOrder(ids, "number", task)).toEqual(["b", "c", "a"]);
  });

  it("is in the order by hand when the address asks for none that there is", () => {
    expect([readOrder("sort=due"), readOrder("sort=nothing"), readOrder("")]).toEqual(["due", "hand", "hand"]);
  });
});
