import { beforeEach, describe, expect, it } from "vitest";
import type { Command, ProjectEvent, Snapshot, Task } from "./model";
import { ProjectStore } from "./store";

const at = "2026-11-03T10:00:00.000Z";
const me = "018f9c1e-0000-7000-8000-00000000000a";
const project = "018f9c1e-0000-7000-8000-000000000001";

function task(id: string, changes: Partial<Task> = {}): Task {
  const empty = { description: "", assignees: [], labels: [], priority: "none", config: {}, fields: {} } as const;
  const open = { start_on: null, due_on: null, estimate: null, parent: null, comment_count: 0 };
  const made = { version: 1, created_at: at, created_by: me, updated_at: at };
  return { id, number: 1, title: id, status: "todo", rank: "a0", ...empty, ...open, ...made, ...changes };
}

function snapshot(tasks: readonly Task[]): Snapshot {
  const statuses = [
    { key: "todo", name: "Todo", category: "open" as const },
    { key: "done", name: "Done", category: "done" as const },
  ];
  const about = {
    id: project,
    key: "SHOP",
    name: "Shop",
    description: "",
    workflow: { statuses },
    labels: [],
    fields: [],
  };
  const rest = { blocked_gate: "finish" as const, archived: false, created_at: at, created_by: me, updated_at: at };
  return {
    epoch: "e",
    version: 1,
    project: { ...about, ...rest },
    members: [{ user: me, role: "owner" }],
    tasks,
    dependencies: [],
  };
}

function event(version: number, type: string, data: unknown): ProjectEvent {
  return { project, version, type, at, actor: me, command_id: crypto.randomUUID(), data };
}

function pending(command: Command) {
  return { command: { ...command, command_id: crypto.randomUUID() }, at };
}

let store: ProjectStore;
let frames: (() => void)[];
const frame = () => frames.splice(0).forEach((flush) => void flush());

beforeEach(() => {
  frames = [];
  const tasks = [task("a", { rank: "a0" }), task("b", { rank: "a1" }), task("c", { rank: "a2" })];
  store = new ProjectStore(me, snapshot(tasks), (flush) => frames.push(flush));
});

describe("a project in memory", () => {
  it("shows a pending command at once, and the confirmed state again a frame after it is taken away", () => {
    store.setPending([pending({ type: "task.update", task: "a", set: { title: "Paint" } })]);
    expect(store.task("a")?.title).toBe("Paint");
    expect(store.base.task("a")?.title).toBe("a");
    store.setPending([]);
    frame();
    expect(store.task("a")?.title).toBe("a");
  });

  it("puts what is pending on top of what arrives", () => {
    store.setPending([pending({ type: "task.update", task: "a", set: { title: "Mine" } })]);
    store.receive([event(2, "task.updated", { task: "a", set: { title: "Theirs", due_on: "2026-12-24" } })]);
    frame();
    expect(store.task("a")).toMatchObject({ title: "Mine", due_on: "2026-12-24" });
    store.setPending([]);
    frame();
    expect(store.task("a")?.title).toBe("Theirs");
  });

  it("applies each version once, and nothing above one that is missing", () => {
    const rename = (version: number, title: string) => event(version, "task.updated", { task: "a", set: { title } });
    expect(store.receive([rename(2, "two"), rename(2, "again"), rename(4, "four")])).toBe("gap");
    frame();
    expect([store.version, store.task("a")?.title]).toEqual([2, "two"]);
    expect(store.receive([rename(3, "three"), rename(4, "four")])).toBe("applied");
    frame();
    expect([store.version, store.task("a")?.title]).toEqual([4, "four"]);
  });

  it("stays behind an event that this build does not know", () => {
    expect(() => store.receive([event(2, "task.painted", { task: "a" })])).toThrow();
    expect(store.version).toBe(1);
  });

  it("folds a burst of events once a frame", () => {
    let told = 0;
    store.on("task:a", () => told++);
    for (let version = 2; version < 100; version++) {
      store.receive([event(version, "task.updated", { task: "a", set: { title: `${version}` } })]);
    }
    expect(told).toBe(0);
    frame();
    expect(told).toBe(1);
    expect(store.task("a")?.title).toBe("99");
  });

  it("tells a card of its own change, of those that wait for it, and of the one above it: nobody else", () => {
    store.receive([
      event(2, "dependency.added", { task: "b", on: "a", kind: "blocks" }),
      event(3, "task.updated", { task: "a", set: { parent: "c" } }),
    ]);
    frame();
    const told: string[] = [];
    store.receive([event(4, "task.created", { task: { ...task("d"), rank: "a9" } })]);
    frame();
    for (const id of ["a", "b", "c", "d"]) store.on(`task:${id}`, () => told.push(id));
    store.receive([event(5, "task.updated", { task: "a", set: { title: "x" } })]);
    frame();
    expect(told.sort()).toEqual(["a", "b", "c"]);
  });

  it("keeps the columns in the order of ranks, pending moves among them", () => {
    expect(store.column("todo")).toEqual(["a", "b", "c"]);
    store.setPending([
      pending({ type: "task.move", task: "c", before: "a" }),
      pending({ type: "task.move", task: "b", status: "done" }),
    ]);
    expect([store.column("todo"), store.column("done")]).toEqual([["c", "a"], ["b"]]);
    store.setPending([]);
    frame();
    expect([store.column("todo"), store.column("done")]).toEqual([["a", "b", "c"], []]);
  });

  it("shows the subtasks of a task, also when one leaves it", () => {
    store.receive([event(2, "task.updated", { task: "a", set: { parent: "c" } })]);
    frame();
    expect([...store.children("c")]).toEqual(["a"]);
    store.setPending([pending({ type: "task.update", task: "a", set: { parent: null } })]);
    expect([...store.children("c")]).toEqual([]);
  });

  it("begins anew from a snapshot, and tells of what is gone", () => {
    let told = 0;
    store.on("task:b", () => told++);
    store.replace({ ...snapshot([task("a", { title: "New" })]), epoch: "f", version: 9 });
    expect([store.epoch, store.version, store.task("a")?.title, store.task("b")]).toEqual(["f", 9, "New", undefined]);
    expect([store.column("todo"), told]).toEqual([["a"], 1]);
  });
});

describe("descriptions that are read after the board", () => {
  const apart = ["a", "b", "c"];

  beforeEach(() => {
    const tasks = apart.map((id) => task(id, { rank: `a${id}` }));
    store = new ProjectStore(me, snapshot(tasks), (flush) => frames.push(flush), apart);
  });

  it("are missing until they come, and change nothing else", () => {
    let told = 0;
    store.on("task:a", () => told++);
    expect(store.lacksText("a")).toBe(true);
    store.addTexts([["a", "text"]]);
    frame();
    expect([store.task("a")?.description, store.lacksText("a"), store.lacksText("b"), told]).toEqual([
      "text",
      false,
      true,
      1,
    ]);
    expect(store.lacksText()).toBe(true);
  });

  it("never replace what an event brought meanwhile", () => {
    store.receive([
      event(2, "task.updated", { task: "a", set: { description: "newer" } }),
      event(3, "task.updated", { task: "b", set: { title: "B" } }),
      event(4, "task.deleted", { task: "c", tasks: ["c"] }),
      event(5, "task.restored", { task: "c", tasks: [task("c", { description: "restored" })] }),
    ]);
    store.addTexts(apart.map((id) => [id, "of the copy"]));
    frame();
    expect(apart.map((id) => store.task(id)?.description)).toEqual(["newer", "of the copy", "restored"]);
    expect(store.lacksText()).toBe(false);
  });

  it("are not missed of a task that left the board, which is read elsewhere", () => {
    store.receive([event(2, "task.archived", { task: "a", tasks: ["a", "b"] })]);
    frame();
    expect(apart.map((id) => store.lacksText(id))).toEqual([false, false, true]);
  });

  it("are void with the snapshot that they belong to", () => {
    store.replace({ ...snapshot([task("a", { description: "anew" })]), version: 9 });
    store.addTexts([["a", "of the copy"]]);
    frame();
    expect([store.task("a")?.description, store.lacksText()]).toEqual(["anew", false]);
  });
});
