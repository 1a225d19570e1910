// What commands on tasks will most probably come to.

import type { Command, Id, Task } from "../model";
import { compare, type Tables } from "../tables";
import { against, isEmpty, same } from "./difference";
import type { EventData, TaskChange } from "./events";
import { type Context, made, type Prediction, refuse, refusedParent, refusedStatus } from "./judge";
import { mergePatch } from "./merge";
import { endRank, freeRank, isWhereItStands } from "./order";

type Create = Extract<Command, { type: "task.create" }>;
type Update = Extract<Command, { type: "task.update" }>;
type Move = Extract<Command, { type: "task.move" }>;
type NewTask = EventData["task.created"]["task"];

export function createTask(view: Tables, command: Create, { order }: Context): Prediction {
  const { statuses } = view.project.workflow;
  const status = command.status ?? statuses[0]?.key ?? "";
  if (view.task(command.id)) return refuse("id_taken");
  if (!statuses.some(({ key }) => key === status)) {
    return refuse("unknown_status", { allowed: statuses.map(({ key }) => key) });
  }
  if (command.parent && !view.task(command.parent)) return refuse("task_not_found");
  return made("task.created", { task: newTask(command, status, freeRank(view, order, status, command)) });
}

function newTask(command: Create, status: string, rank: string): NewTask {
  return {
    id: command.id,
    number: 0,
    title: command.title,
    description: command.description ?? "",
    status,
    assignees: sorted(command.assignees ?? []),
    labels: sorted(command.labels ?? []),
    priority: command.priority ?? "none",
    start_on: command.start_on ?? null,
    due_on: command.due_on ?? null,
    estimate: command.estimate ?? null,
    rank,
    parent: command.parent ?? null,
    config: mergePatch({}, command.config ?? {}),
    fields: mergePatch({}, command.fields ?? {}),
  };
}

export function updateTask(view: Tables, command: Update, { actor, order }: Context): Prediction {
  const task = view.task(command.task);
  if (!task) return refuse("task_not_found");
  // A task with something pending on it has no version that could be compared.
  if (command.expect !== undefined && task.version !== 0 && command.expect !== task.version) return refuse("stale");
  const set = changeOf(task, command);
  const refused =
    (set.parent ? refusedParent(view, task.id, set.parent) : null) ??
    (set.status !== undefined ? refusedStatus(view, task, set.status, command.override ?? false, actor) : null);
  if (refused || isEmpty(set)) return refused;
  const place = set.status === undefined ? {} : { rank: endRank(view, order) };
  return made("task.updated", { task: task.id, set: { ...set, ...place } });
}

/** What the command changes of the task, its place aside. */
function changeOf(task: Task, { set = {}, add = {}, remove = {} }: Update): TaskChange {
  const { config, fields, ...replaced } = set;
  const assignees = list(set.assignees ?? task.assignees, add.assignees, remove.assignees);
  const labels = list(set.labels ?? task.labels, add.labels, remove.labels);
  return {
    ...against<TaskChange>({ ...replaced, assignees, labels }, task),
    ...(config && !same(mergePatch(task.config, config), task.config) ? { config } : {}),
    ...(fields && !same(mergePatch(task.fields, fields), task.fields) ? { fields } : {}),
  };
}

function list(items: readonly string[], added: readonly string[] = [], removed: readonly string[] = []): string[] {
  return sorted([...items, ...added]).filter((item) => !removed.includes(item));
}

function sorted(items: readonly string[]): string[] {
  return [...new Set(items)].sort(compare);
}

export function moveTask(view: Tables, command: Move, { actor, order }: Context): Prediction {
  const task = view.task(command.task);
  if (!task) return refuse("task_not_found");
  const status = command.status ?? task.status;
  if (status === task.status) {
    if (isWhereItStands(view, order, task, command)) return null;
    return made("task.moved", { task: task.id, rank: freeRank(view, order, status, command) });
  }
  const refused = refusedStatus(view, task, status, command.override ?? false, actor);
  return refused ?? made("task.moved", { task: task.id, rank: freeRank(view, order, status, command), status });
}

/** A task leaves the board with everything below it. */
export function leaveBoard(
  type: "task.deleted" | "task.archived",
  view: Tables,
  task: Id,
  { family }: Context,
): Prediction {
  if (!view.task(task)) return refuse("task_not_found");
  const tasks = new Set([task]);
  // A set is walked in the order in which it grows.
  for (const id of tasks) for (const child of family.children(id)) tasks.add(child);
  return made(type, { task, tasks: [...tasks].sort(compare) });
}
