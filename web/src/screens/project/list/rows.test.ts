import { describe, expect, it } from "vitest";
import type { Task } from "../../../sync/model";
import { type Grouping, grouped, inOrder, readGrouping, readOrder, rowBeside, rowInstead, rowsOf } from "./rows";

const tasks = [
  {
    id: "a",
    status: "todo",
    priority: "low",
    due_on: null,
    updated_at: "2026-01-01",
    number: 3,
    assignees: ["mira", "bob"],
  },
  {
    id: "b",
    status: "done",
    priority: "urgent",
    due_on: "2026-12-24",
    updated_at: "2026-01-03",
    number: 1,
    assignees: [],
  },
  {
    id: "c",
    status: "todo",
    priority: "low",
    due_on: "2026-12-01",
    updated_at: "2026-01-02",
    number: 2,
    assignees: ["bob"],
  },
].map((task) => ({ labels: [], ...task })) as unknown as Task[];
const head = (key: string, collapsed = false) => ({ key, name: key, collapsed });
const rows = (grouping: Grouping, ...heads: ReturnType<typeof head>[]) => rowsOf(grouped(tasks, heads, grouping));
const words = (list: ReturnType<typeof rowsOf>) =>
  list.map((row) => (row.kind === "head" ? `${row.key} ${row.count}` : row.key));
const order = (by: Parameters<typeof inOrder>[1]) => inOrder(tasks, by).map(({ id }) => id);

describe("a list", () => {
  it("has a head and the tasks of each group that has some, and a collapsed one its head alone", () => {
    const list = rows("status", head("todo"), head("doing"), head("done", true));
    expect(words(list)).toEqual(["todo 2", "todo/a", "todo/c", "done 1"]);
  });

  it("has a task of two people in both groups, and one of nobody in the last", () => {
    const list = rows("assignee", head("mira"), head("bob"), head("none"));
    expect(words(list)).toEqual(["mira 1", "mira/a", "bob 2", "bob/a", "bob/c", "none 1", "none/b"]);
    expect(words(rows("label", head("none")))).toEqual(["none 3", "none/a", "none/b", "none/c"]);
    expect(words(rows("priority", head("urgent"), head("low", true)))).toEqual(["urgent 1", "urgent/b", "low 2"]);
  });

  it("is in the order that is asked for, equal ones in the order by hand", () => {
    expect(inOrder(tasks, "hand")).toBe(tasks);
    expect(order("priority")).toEqual(["b", "a", "c"]);
    expect(order("due")).toEqual(["c", "b", "a"]);
    expect(order("updated")).toEqual(["b", "c", "a"]);
    expect(order("number")).toEqual(["b", "c", "a"]);
  });

  it("is by hand and by status when the address asks for nothing that there is", () => {
    expect([readOrder("sort=due"), readOrder("sort=nothing"), readOrder("")]).toEqual(["due", "hand", "hand"]);
    expect([readGrouping("group=label"), readGrouping("group=x")]).toEqual(["label", "status"]);
  });

  it("is gone through by keys from task to task, over the heads", () => {
    const list = rows("status", head("todo"), head("done"));
    expect(rowBeside(list, null, 1)).toBe("todo/a");
    expect(rowBeside(list, "todo/c", 1)).toBe("done/b");
    expect(rowBeside(list, "done/b", 1)).toBe("done/b");
    expect(rowBeside(list, "done/b", -1)).toBe("todo/c");
    expect(rowBeside([], "done/b", 1)).toBeNull();
  });

  it("selects another row when the selected one is gone: after one's own edit that of the task, else the next", () => {
    const before = rows("status", head("todo"), head("done"));
    const now = before.filter(({ key }) => key !== "todo/a").concat({ kind: "task", key: "done/a", id: "a" });
    expect(rowInstead(before, now, "todo/a", "a")).toBe("done/a");
    expect(rowInstead(before, now, "todo/a", "b")).toBe("todo/c");
    expect(rowInstead(before, before.slice(0, 3), "done/b", null)).toBe("todo/c");
    expect(rowInstead(before, [], "done/b", null)).toBeNull();
  });
});
