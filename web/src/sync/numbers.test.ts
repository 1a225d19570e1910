import { expect, it } from "vitest";
import type { Snapshot, Task } from "./model";
import { taskByNumber } from "./numbers";
import { ProjectStore } from "./store";

const task = (number: number) =>
  ({ id: `t${number}`, number, title: "", status: "todo", parent: null }) as unknown as Task;
const snapshot = (version: number, ...tasks: Task[]) =>
  ({ epoch: "e", version, project: { id: "p" }, members: [], tasks, dependencies: [] }) as unknown as Snapshot;

it("a number that another task has now leads to that one", () => {
  const store = new ProjectStore("me", snapshot(1, task(1)), () => {});
  expect(taskByNumber(store, 1)?.id).toBe("t1");
  store.replace(snapshot(2, { ...task(1), number: 5 }, { ...task(2), number: 1 }));
  expect(taskByNumber(store, 1)?.id).toBe("t2");
});

it("a task is found by its number, also one that came later, and not one that went", () => {
  const store = new ProjectStore("me", snapshot(1, task(1)), () => {});
  expect(taskByNumber(store, 1)?.id).toBe("t1");
  expect(taskByNumber(store, 2)).toBeUndefined();
  store.replace(snapshot(2, task(2)));
  expect(taskByNumber(store, 1)).toBeUndefined();
  expect(taskByNumber(store, 2)?.id).toBe("t2");
});
