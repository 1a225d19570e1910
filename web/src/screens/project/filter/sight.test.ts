import { beforeEach, expect, test } from "vitest";
import { People } from "../../../people/people";
import type { Command, Id, Task } from "../../../sync/model";
import type { ProjectStore } from "../../../sync/store";
import { readFilter } from "./filter";
import { Sight } from "./sight";

let tasks: Map<Id, Partial<Task>>;
let pending: unknown[];
let sight: Sight;
let store: ProjectStore;

beforeEach(() => {
  tasks = new Map(["a", "b", "c"].map((id) => [id, { priority: id === "c" ? "low" : "high" }]));
  pending = [];
  sight = new Sight(readFilter("priority=high"), "me");
  store = {
    column: () => [...tasks.keys()],
    task: (id: Id) => ({ id, number: 1, title: id, labels: [], assignees: [], ...tasks.get(id) }),
    view: { project: { key: "SHOP", labels: [], fields: [] } },
    get pending() {
      return pending;
    },
  } as unknown as ProjectStore;
});

const inSight = () => sight.column(store, "todo");
const change = (id: Id, priority: Task["priority"]) => tasks.set(id, { priority });
function give(id: Id, priority: Task["priority"]): void {
  const command: Command = { type: "task.update", task: id, set: { priority } };
  pending = [...pending, { command: { ...command, command_id: `${id} ${priority}` } }];
  change(id, priority);
}

test("a task that stops passing by one's own edit stays until one looks elsewhere", () => {
  expect(inSight()).toEqual(["a", "b"]);
  give("a", "low");
  expect([inSight(), sight.staying(store, "a")]).toEqual([["a", "b"], "edited"]);
  pending = [];
  sight.elsewhere("a");
  expect(inSight()).toEqual(["a", "b"]);
  let told = 0;
  sight.on(() => told++);
  sight.elsewhere("b");
  expect([inSight(), sight.staying(store, "a"), told]).toEqual([["b"], null, 1]);
});

test("one that somebody else takes out of the filter goes at once, also after an own edit of long ago", () => {
  inSight();
  change("b", "low");
  expect(inSight()).toEqual(["a"]);
  give("a", "high");
  inSight();
  sight.elsewhere(null);
  change("a", "low");
  expect(inSight()).toEqual([]);
});

test("an edit brings nothing into sight that was not there, and the edited task is no longer dimmed once it passes", () => {
  inSight();
  give("c", "none");
  expect(inSight()).toEqual(["a", "b"]);
  give("a", "low");
  give("a", "high");
  expect([inSight(), sight.staying(store, "a")]).toEqual([["a", "b"], null]);
});

test("a task that was made here stays until the filter changes", () => {
  sight.make(["new"]);
  tasks.set("new", { priority: "none" });
  expect([inSight(), sight.staying(store, "new")]).toEqual([["a", "b", "new"], "made"]);
  sight.elsewhere(null);
  expect(inSight()).toEqual(["a", "b", "new"]);
  sight = new Sight(readFilter("priority=low"), "me");
  expect(inSight()).toEqual(["c"]);
});

test("a column counts what passes, not what merely stays in sight", () => {
  expect(sight.passing(store, "todo")).toBe(2);
  inSight();
  give("a", "low");
  sight.make(["c"]);
  expect(inSight()).toEqual(["a", "b", "c"]);
  expect(sight.passing(store, "todo")).toBe(1);
});

test("what people are called is known later than the tasks, and brings them into sight", () => {
  sight = new Sight(readFilter("text=mira"), "me");
  tasks.set("b", { assignees: ["m"] });
  expect(inSight()).toEqual([]);
  let told = 0;
  sight.on(() => told++);
  const people = new People([{ id: "m", name: "Mira", active: true, member: true }]);
  sight.know(people);
  sight.know(people);
  expect([inSight(), told]).toEqual([["b"], 1]);
});
