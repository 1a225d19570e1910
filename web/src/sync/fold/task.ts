// How events change tasks, what is between them, and how many comments they have.

import type { Dependency, Id, ProjectEvent, Task } from "../model";
import type { Tables } from "../tables";
import type { EventData, TaskChange } from "./events";
import { mergePatch } from "./merge";
import { existing, type Rules } from "./rules";

type OfTasks = "task.created" | "task.updated" | "task.moved";
type OfGroups = "task.deleted" | "task.restored" | "task.archived" | "task.unarchived";

export const taskRules: Rules<OfTasks | OfGroups | "task.watched" | "task.unwatched"> = {
  "task.created": (tables, { task }, { version, at, actor }) =>
    tables.setTask({
      ...complete(task),
      comment_count: 0,
      version,
      created_at: at,
      created_by: actor,
      updated_at: at,
    }),
  "task.updated": (tables, { task, set }, event) => tables.setTask(changed(existing(tables, task), set, event)),
  "task.moved": (tables, { task, rank, status }, event) => {
    const moved = existing(tables, task);
    // A place alone is no field that moves the task's version.
    tables.setTask(status === undefined ? { ...moved, rank } : changed(moved, { rank, status }, event));
  },
  "task.deleted": leave,
  "task.restored": comeBack,
  "task.archived": leave,
  "task.unarchived": comeBack,
  // What somebody follows is theirs alone and in no snapshot.
  "task.watched": () => {},
  "task.unwatched": () => {},
};

export const dependencyRules: Rules<"dependency.added" | "dependency.removed"> = {
  "dependency.added": (tables, edge) => tables.addEdge(ordered(edge)),
  "dependency.removed": (tables, edge) => tables.removeEdge(ordered(edge)),
};

type OfComments = "comment.added" | "comment.updated" | "comment.deleted" | "comment.restored" | "comment.reacted";

export const commentRules: Rules<OfComments> = {
  "comment.added": (tables, { task }) => count(tables, task, 1),
  "comment.restored": (tables, { task }) => count(tables, task, 1),
  "comment.deleted": (tables, { task }) => count(tables, task, -1),
  // Comments themselves are in no snapshot.
  "comment.updated": () => {},
  "comment.reacted": () => {},
};

/** Tasks go into the bin or the archive, with their edges. */
function leave(tables: Tables, { tasks }: EventData["task.deleted"]): void {
  for (const id of tasks) remove(tables, id);
}

function comeBack(tables: Tables, { tasks, dependencies }: EventData["task.restored"]): void {
  for (const task of tasks) tables.setTask(complete(task));
  for (const edge of dependencies ?? []) tables.addEdge(edge);
}

/** The edge as it is kept: of `relates` there is one, with the smaller id as `task`. */
export function ordered({ task, on, kind }: Dependency): Dependency {
  return kind === "relates" && on < task ? { task: on, on: task, kind } : { task, on, kind };
}

/** A task of an event of any age: a field that came later is `null` in an older one. */
function complete<T extends EventData["task.created"]["task"]>(task: T): T {
  return { ...task, start_on: task.start_on ?? null };
}

function changed(task: Task, { config, fields, ...replaced }: TaskChange, { version, at }: ProjectEvent): Task {
  return {
    ...task,
    ...replaced,
    config: config ? mergePatch(task.config, config) : task.config,
    fields: fields ? mergePatch(task.fields, fields) : task.fields,
    version,
    updated_at: at,
  };
}

function remove(tables: Tables, id: Id): void {
  for (const edge of tables.edges(id)) tables.removeEdge(edge);
  tables.removeTask(id);
}

function count(tables: Tables, id: Id, by: number): void {
  const task = existing(tables, id);
  tables.setTask({ ...task, comment_count: task.comment_count + by });
}
