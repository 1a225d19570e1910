import { expect, it } from "vitest";
import type { Command, Label, Member, ProjectEvent, Task, Workflow } from "../model";
import { Tables } from "../tables";
import { apply } from "./apply";
import { leadsTo } from "./judge";
import { predict, type Refusal } from "./predict";
import { scan } from "./scan";

const owner = "00000000-0000-7000-8000-00000000000a";
const editor = "00000000-0000-7000-8000-00000000000b";
const [a, b, c, d, fresh] = ["1", "2", "3", "4", "5"].map((n) => `00000000-0000-7000-8000-0000000000f${n}`) as [
  string,
  string,
  string,
  string,
  string,
];
const at = "2026-11-03T10:00:00.000Z";
const now = "2026-11-04T10:00:00.000Z";
const workflow: Workflow = {
  statuses: [
    { key: "todo", name: "Todo", category: "open" },
    { key: "doing", name: "Doing", category: "active" },
    { key: "done", name: "Done", category: "done" },
  ],
};
const bug: Label = { key: "bug", name: "Bug", color: "#d4380d", archived: false };

function task(id: string, change: Partial<Task>): Task {
  const empty = { description: "", assignees: [], labels: [], priority: "none", start_on: null, due_on: null } as const;
  const rest = { estimate: null, parent: null, config: {}, fields: {}, comment_count: 0, version: 1 };
  const made = { created_at: at, created_by: owner, updated_at: at };
  return { id, number: 1, title: "A task", status: "todo", rank: "a0", ...empty, ...rest, ...made, ...change };
}

/** `a`, `b` (a subtask of `a`) and `d` in the first column, `c` in the second; `a` waits for `c`. */
function view(change: { workflow?: Workflow; members?: Member[] } = {}): Tables {
  const members: Member[] = [
    { user: owner, role: "owner" },
    { user: editor, role: "editor" },
  ];
  return Tables.of({
    project: {
      id: "00000000-0000-7000-8000-000000000001",
      ...{ key: "SHOP", name: "Web shop", description: "", labels: [bug], fields: [], archived: false },
      ...{ workflow: change.workflow ?? workflow, blocked_gate: "finish" },
      ...{ created_at: at, created_by: owner, updated_at: at },
    },
    members: change.members ?? members,
    tasks: [
      task(a, { rank: "a0", assignees: [owner], config: { colour: "red", size: { width: 2, height: 3 } } }),
      task(b, { rank: "a1", parent: a, labels: ["bug"] }),
      task(c, { rank: "a2", status: "doing" }),
      task(d, { rank: "a3" }),
    ],
    dependencies: [{ task: a, on: c, kind: "blocks" }],
  });
}

function predicted(command: Command, on = view(), actor = owner) {
  return predict(on, { ...command, command_id: fresh }, { actor, now, ...scan(on) });
}

/** The type and data of the event that a command is predicted to make. */
function event(command: Command, on = view(), actor = owner): [string, ProjectEvent["data"]] {
  const made = predicted(command, on, actor);
  if (made === null || "refused" in made) throw new Error(`no event but ${JSON.stringify(made)}`);
  return [made.type, made.data];
}

function refusal(command: Command, on = view(), actor = owner): Refusal {
  const made = predicted(command, on, actor);
  if (made === null || !("refused" in made)) throw new Error(`no refusal but ${JSON.stringify(made)}`);
  return made;
}

it("a predicted event is the actor's, of now, and without a version", () => {
  expect(predicted({ type: "member.remove", user: editor })).toEqual({
    project: "00000000-0000-7000-8000-000000000001",
    version: 0,
    type: "member.removed",
    data: { user: editor },
    at: now,
    actor: owner,
    command_id: fresh,
  });
});

it("a new task stands at the end of the first column and has no number", () => {
  const after = view();
  const made = predicted({ type: "task.create", id: fresh, title: "New", assignees: [editor, owner, editor] });
  apply(after, made as ProjectEvent);
  expect(after.task(fresh)).toEqual(
    task(fresh, {
      ...{ number: 0, title: "New", assignees: [owner, editor], rank: "a4", version: 0 },
      ...{ created_at: now, updated_at: now },
    }),
  );
});

it.each<[string, Command, string]>([
  ["directly below another one", { type: "task.create", id: fresh, title: "New", after: a }, "a0V"],
  ["directly above another one", { type: "task.create", id: fresh, title: "New", before: a }, "Zz"],
  ["at the end, for a neighbour in another column", { type: "task.create", id: fresh, title: "New", after: c }, "a4"],
  ["at the end, for a neighbour that is gone", { type: "task.create", id: fresh, title: "New", after: fresh }, "a4"],
])("a new task goes %s", (_, command, rank) => {
  expect(event(command)[1].task.rank).toBe(rank);
});

it.each<[string, Command, object]>([
  ["to the end of its column", { type: "task.move", task: a }, { task: a, rank: "a4" }],
  ["between two others", { type: "task.move", task: d, after: a }, { task: d, rank: "a0V" }],
  ["past a task of another column", { type: "task.move", task: a, before: d }, { task: a, rank: "a2V" }],
  ["into another column", { type: "task.move", task: a, status: "doing" }, { task: a, rank: "a4", status: "doing" }],
  [
    "to a place in another column",
    { type: "task.move", task: d, status: "doing", before: c },
    { task: d, rank: "a1V", status: "doing" },
  ],
])("a task moves %s", (_, command, data) => {
  expect(event(command)).toEqual(["task.moved", data]);
});

it.each<[string, Command]>([
  ["a move to where the task stands", { type: "task.move", task: b, after: a }],
  ["a move above the next one", { type: "task.move", task: a, before: b }],
  ["a move of the last one to the end", { type: "task.move", task: d }],
  ["a move beside itself", { type: "task.move", task: a, after: a }],
  ["an update to what is", { type: "task.update", task: a, set: { title: "A task", config: { colour: "red" } } }],
  ["adding who is there", { type: "task.update", task: a, add: { assignees: [owner] } }],
  ["removing who is not there", { type: "task.update", task: a, remove: { assignees: [editor], labels: ["bug"] } }],
  ["putting a label as it is", { type: "label.put", key: "bug", name: "Bug", color: "#d4380d" }],
  ["a role that somebody has", { type: "member.update", user: editor, role: "editor" }],
  ["adding a member", { type: "member.add", user: editor, role: "editor" }],
  ["an edge that is there", { type: "dependency.add", task: a, on: c }],
  ["removing an edge that is not", { type: "dependency.remove", task: b, on: c }],
  ["a project's fields as they are", { type: "project.update", set: { name: "Web shop", workflow } }],
])("%s changes nothing", (_, command) => {
  expect(predicted(command)).toBeNull();
});

it.each<[string, Command, object]>([
  ["only what changes is set", { type: "task.update", task: a, set: { title: "B", due_on: null } }, { title: "B" }],
  [
    "added and removed people make the whole list, sorted",
    { type: "task.update", task: a, add: { assignees: [editor] }, remove: { labels: ["bug"] } },
    { assignees: [owner, editor] },
  ],
  [
    "labels are set, then added, then removed",
    {
      type: "task.update",
      task: b,
      set: { labels: ["x", "y"] },
      add: { labels: ["z", "w"] },
      remove: { labels: ["x"] },
    },
    { labels: ["w", "y", "z"] },
  ],
  [
    "a new status goes to the end",
    { type: "task.update", task: a, set: { status: "doing" } },
    { status: "doing", rank: "a4" },
  ],
  [
    "what is added and removed at once is removed",
    { type: "task.update", task: a, set: { estimate: 1 }, add: { labels: ["x"] }, remove: { labels: ["x"] } },
    { estimate: 1 },
  ],
  ["a parent is taken away", { type: "task.update", task: b, set: { parent: null } }, { parent: null }],
])("%s", (_, command, set) => {
  expect(event(command)).toEqual(["task.updated", { task: "task" in command ? command.task : "", set }]);
});

it("a patch of config leaves what it does not name", () => {
  const after = view();
  const config = { colour: null, size: { width: 5 } };
  apply(after, predicted({ type: "task.update", task: a, set: { config } }) as ProjectEvent);
  expect(after.task(a)?.config).toEqual({ size: { width: 5, height: 3 } });
});

it("everything below a task is deleted with it, and the edges of all", () => {
  const after = view();
  const made = predicted({ type: "task.delete", task: a }, after) as ProjectEvent;
  expect(made.data).toEqual({ task: a, tasks: [a, b] });
  apply(after, made);
  expect([...after.tasks()].map(({ id }) => id)).toEqual([c, d]);
  expect([after.allEdges(), after.edges(c)]).toEqual([[], []]);
});

it.each<[string, Command, Omit<Refusal, "refused">]>([
  ["a task that is gone", { type: "task.update", task: fresh, set: { title: "B" } }, { code: "task_not_found" }],
  ["a task whose id is taken", { type: "task.create", id: a, title: "New" }, { code: "id_taken" }],
  ["a version that is past", { type: "task.update", task: a, set: { title: "B" }, expect: 2 }, { code: "stale" }],
  ["a parent below", { type: "task.update", task: a, set: { parent: b } }, { code: "dependency_cycle" }],
  ["an edge that closes a circle", { type: "dependency.add", task: c, on: a }, { code: "dependency_cycle" }],
  ["an edge to itself", { type: "dependency.add", task: c, on: c }, { code: "dependency_cycle" }],
  ["the last owner to leave", { type: "member.remove", user: owner }, { code: "last_owner" }],
  ["another role than the person has", { type: "member.add", user: editor, role: "owner" }, { code: "already_member" }],
  ["a label that nobody made", { type: "label.archive", key: "x" }, { code: "label_not_found" }],
  [
    "a status in use to go",
    { type: "project.update", set: { workflow: { statuses: workflow.statuses.slice(1) } } },
    { code: "status_in_use" },
  ],
  [
    "a status that nobody made",
    { type: "task.move", task: a, status: "x" },
    { code: "unknown_status", allowed: ["doing", "done"] },
  ],
  [
    "a blocked task to be finished",
    { type: "task.move", task: a, status: "done" },
    { code: "blocked", blockers: [{ id: c, number: 1, title: "A task", status: "doing" }] },
  ],
])("the server will refuse %s", (_, command, refused) => {
  expect(refusal(command)).toEqual({ refused: true, ...refused });
});

it("an owner's override passes open blockers, and only an owner's", () => {
  const command: Command = { type: "task.update", task: a, set: { status: "done" }, override: true };
  expect(event(command)).toEqual(["task.updated", { task: a, set: { status: "done", rank: "a4" } }]);
  expect(refusal(command, view(), editor).code).toBe("blocked");
});

it("a blocker that is cancelled stops nobody", () => {
  const cancelled = { key: "cancelled", name: "Cancelled", category: "cancelled" } as const;
  const on = view({ workflow: { statuses: [...workflow.statuses, cancelled] } });
  apply(on, predicted({ type: "task.move", task: c, status: "cancelled" }, on) as ProjectEvent);
  expect(event({ type: "task.move", task: a, status: "done" }, on)[0]).toBe("task.moved");
});

it("a blocked task moves between statuses that mean the same", () => {
  const shipped = { key: "shipped", name: "Shipped", category: "done" } as const;
  const on = view({ workflow: { statuses: [...workflow.statuses, shipped] } });
  apply(on, predicted({ type: "task.move", task: a, status: "done", override: true }, on) as ProjectEvent);
  expect(event({ type: "task.move", task: a, status: "shipped" }, on)[0]).toBe("task.moved");
});

it("a status may have a name that every object has", () => {
  const named = { key: "constructor", name: "Made", category: "open" } as const;
  const on = view({ workflow: { statuses: [...workflow.statuses, named], transitions: {} } });
  apply(on, predicted({ type: "task.move", task: d, status: "constructor" }, on) as ProjectEvent);
  expect(event({ type: "task.move", task: d, status: "doing" }, on)[0]).toBe("task.moved");
});

it("a step that the workflow does not have is refused, and any other is not", () => {
  const on = view({ workflow: { ...workflow, transitions: { todo: ["doing"] } } });
  expect(refusal({ type: "task.move", task: d, status: "done" }, on)).toMatchObject({
    code: "transition_not_allowed",
    allowed: ["doing"],
  });
  expect(event({ type: "task.move", task: c, status: "done" }, on)[0]).toBe("task.moved");
});

it("a version is not compared while something is pending on the task", () => {
  const on = view();
  apply(on, predicted({ type: "task.update", task: a, set: { title: "B" } }, on) as ProjectEvent);
  expect(event({ type: "task.update", task: a, set: { title: "C" }, expect: 1 }, on)[1].set).toEqual({ title: "C" });
});

it("an edge of relates is kept with the smaller id first", () => {
  const edge = { task: b, on: d, kind: "relates" };
  expect(event({ type: "dependency.add", task: d, on: b, kind: "relates" })).toEqual(["dependency.added", edge]);
});

it("a workflow is written without what is null", () => {
  const limits = workflow.statuses.map((status) => ({ ...status, limit: status.key === "doing" ? 3 : null }));
  const statuses = workflow.statuses.map((status) => (status.key === "doing" ? { ...status, limit: 3 } : status));
  const command: Command = { type: "project.update", set: { workflow: { statuses: limits, transitions: null } } };
  expect(event(command)[1].set).toEqual({ workflow: { statuses } });
});

it("a field keeps its type", () => {
  const on = view();
  const command = { type: "field.put", key: "size", name: "Size", field_type: "number" } as const;
  apply(on, predicted(command, on) as ProjectEvent);
  expect(on.project.fields).toEqual([{ key: "size", name: "Size", type: "number", options: null, archived: false }]);
  expect(refusal({ ...command, field_type: "text" }, on)).toMatchObject({
    code: "field_type_fixed",
    allowed: ["number"],
  });
});

it("a walk that is too long comes nowhere", () => {
  const next = (id: string) => [String(Number(id) + 1)];
  expect([leadsTo("0", "9000", next), leadsTo("0", "11000", next)]).toEqual([true, false]);
});

it("a reply names what it answers", () => {
  const [type, data] = event({ type: "comment.add", id: fresh, task: a, body: "Red.", reply_to: b });
  expect([type, data]).toEqual(["comment.added", { comment: fresh, task: a, body: "Red.", reply_to: b }]);
});

it("a comment is counted at once", () => {
  const after = view();
  apply(after, predicted({ type: "comment.add", id: fresh, task: a, body: "Which red?" }) as ProjectEvent);
  expect(after.task(a)?.comment_count).toBe(1);
});

it.each<Command>([
  { type: "event.undo", version: 1 },
  { type: "task.restore", task: fresh },
  { type: "task.unarchive", task: fresh },
  { type: "task.watch", task: a },
  { type: "comment.react", comment: fresh, emoji: "👍", on: true },
])("$type shows nothing before the server has answered", (command) => {
  expect(predicted(command)).toBeNull();
});
