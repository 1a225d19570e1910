import { expect, it } from "vitest";
import type { Snapshot, Status, Task } from "../../sync/model";
import { ProjectStore } from "../../sync/store";
import { archivingOf, longDone, movingOf, takingBack } from "./done-cards";

const status = (key: string, category: Status["category"]): Status => ({ key, name: key, category });
const statuses = [status("todo", "open"), status("review", "active"), status("done", "done")];

function task(id: string, key: string, more: Partial<Task> = {}): Task {
  return {
    id,
    number: 1,
    title: id,
    status: key,
    rank: id,
    parent: null,
    updated_at: "2026-11-03T10:00:00.000Z",
    ...more,
  } as Task;
}

const tasks = [
  task("a", "done"),
  task("b", "done", { parent: "a" }),
  task("c", "todo", { parent: "b" }),
  task("d", "done", { updated_at: "2026-12-01T10:00:00.000Z" }),
];
const project = {
  id: "p",
  key: "SHOP",
  workflow: { statuses, transitions: { done: ["review"] } },
  labels: [],
  fields: [],
};
const snapshot = { epoch: "e", version: 1, project, members: [], tasks, dependencies: [] } as unknown as Snapshot;
const store = new ProjectStore("me", snapshot, () => undefined);

it("what was finished more than 14 days ago is not what was finished since", () => {
  const today = { zone: "UTC", day: "2026-12-03" };
  expect(longDone(store, "done", today)).toEqual(["a", "b"]);
  expect(longDone(store, "done", { ...today, day: "2026-11-10" })).toEqual([]);
});

it("a task below another one is archived with it, and what goes along is counted", () => {
  const { commands, along } = archivingOf(store, ["a", "b", "d"]);
  expect(commands).toEqual(["a", "d"].map((id) => ({ type: "task.archive", task: id })));
  expect(along).toBe(1);
  expect(archivingOf(store, ["b"])).toEqual({ commands: [{ type: "task.archive", task: "b" }], along: 1 });
});

it("a column moves in its order, and what the workflow does not let go stays with the reason", () => {
  const [todo, review] = statuses as [Status, Status];
  expect(movingOf(store, "done", review).commands).toEqual(
    ["a", "b", "d"].map((id) => ({ type: "task.move", task: id, status: "review" })),
  );
  expect(movingOf(store, "done", todo)).toEqual({ commands: [], reason: "done does not lead to todo" });
});

it("only what changed something is taken back, the last first", () => {
  const event = {} as never;
  const outcomes = [
    { kind: "done", version: 4, event },
    { kind: "done", version: 4, event: null },
    { kind: "refused", problem: { code: "x", detail: "", status: 422 } },
    { kind: "done", version: 5, event },
  ] as const;
  expect(takingBack(outcomes)).toEqual([
    { type: "event.undo", version: 5 },
    { type: "event.undo", version: 4 },
  ]);
});
