import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ProjectEvent } from "../../sync/model";
import { ChangedBy } from "./changed-by";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const updated = (task: string, actor: string) =>
  ({ type: "task.updated", actor, data: { task, set: {} } }) as ProjectEvent;

test("who changed a task is named for two seconds after their last change, and whoever shows it is told", () => {
  const changed = new ChangedBy("me");
  let told = 0;
  changed.on("a", () => told++);
  changed.hear(updated("a", "mira"));
  expect([changed.of("a"), changed.of("b"), told]).toEqual(["mira", null, 1]);
  vi.advanceTimersByTime(1_500);
  changed.hear(updated("a", "bob"));
  vi.advanceTimersByTime(1_999);
  expect(changed.of("a")).toBe("bob");
  vi.advanceTimersByTime(1);
  expect([changed.of("a"), told]).toEqual([null, 3]);
});

test("one's own changes, and those of no task, name nobody", () => {
  const changed = new ChangedBy("me");
  changed.hear(updated("a", "me"));
  changed.hear({ type: "task.deleted", actor: "bob", data: { task: "a", tasks: ["a"] } } as ProjectEvent);
  changed.hear({ type: "label.put", actor: "bob", data: { key: "a" } } as unknown as ProjectEvent);
  expect(changed.of("a")).toBeNull();
});

test("a new task, a moved one, a comment and a dependency name who made them", () => {
  const changed = new ChangedBy("me");
  const events = [
    { type: "task.created", data: { task: { id: "a" } } },
    { type: "task.moved", data: { task: "b" } },
    { type: "comment.added", data: { comment: "x", task: "c" } },
    { type: "dependency.added", data: { task: "d", on: "a", kind: "blocks" } },
    { type: "task.restored", data: { task: "e", tasks: [{ id: "e" }] } },
  ];
  for (const event of events) changed.hear({ ...event, actor: "bob" } as ProjectEvent);
  expect(["a", "b", "c", "d", "e"].map((task) => changed.of(task))).toEqual(Array(5).fill("bob"));
});

test("more than ten changes in a second name nobody, until it is calm again", () => {
  const changed = new ChangedBy("me");
  for (let n = 0; n < 10; n++) changed.hear(updated(`${n}`, "bob"));
  expect(changed.of("9")).toBe("bob");
  changed.hear(updated("10", "bob"));
  expect([changed.of("9"), changed.of("10")]).toEqual([null, null]);
  vi.advanceTimersByTime(1_000);
  changed.hear(updated("10", "bob"));
  expect(changed.of("10")).toBe("bob");
});
