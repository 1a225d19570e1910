// What the page can judge of a command before the server does: rules that need nothing but the view, cheaply. Whatever is not
// judged here is shown as if it succeeded, until the server says otherwise.

import type { Category, Id, Moment, Project, Task, Workflow } from "../model";
import type { Tables } from "../tables";
import type { EventData, EventType } from "./events";
import type { Order } from "./order";

export interface Context {
  readonly actor: Id;
  readonly now: Moment;
  readonly order: Order;
  readonly family: Family;
}

/** Which tasks are below which as a view has it, kept as tasks change. */
export interface Family {
  children(parent: Id): Iterable<Id>;
}

export interface TaskRef {
  readonly id: Id;
  readonly number: number;
  readonly title: string;
  readonly status: string;
}

/** Why the server will most probably refuse a command. The members are some of those that its problem document has. */
export interface Refusal {
  readonly refused: true;
  readonly code: string;
  /** What would be taken: the statuses that may follow, or the type of a field. */
  readonly allowed?: readonly string[];
  /** What has to be done, or cancelled, first. */
  readonly blockers?: readonly TaskRef[];
}

/** The type and data of the event that a command makes. */
export type Made = { readonly [T in EventType]: { readonly type: T; readonly data: EventData[T] } }[EventType];
/** `null`: the command changes nothing, or nothing that a view has. */
export type Prediction = Made | Refusal | null;

/** Most tasks that are walked over to judge one command. */
const mostSteps = 10_000;

export function refuse(code: string, details: Omit<Refusal, "refused" | "code"> = {}): Refusal {
  return { refused: true, code, ...details };
}

export function made<T extends EventType>(type: T, data: EventData[T]): Made {
  return { type, data } as Made;
}

/** A new status: one that the workflow has and that may follow, and that no open blocker stops. */
export function refusedStatus(view: Tables, task: Task, status: string, override: boolean, actor: Id): Refusal | null {
  const { workflow } = view.project;
  const allowed = allowedFrom(workflow, task.status);
  if (!workflow.statuses.some(({ key }) => key === status)) return refuse("unknown_status", { allowed });
  if (!allowed.includes(status)) return refuse("transition_not_allowed", { allowed });
  if (!stops(view.project, task.status, status)) return null;
  const blockers = openBlockers(view, task.id);
  const passes = blockers.length === 0 || (override && view.role(actor) === "owner");
  return passes ? null : refuse("blocked", { blockers });
}

/** A task's parent is there, and not below it. */
export function refusedParent(view: Tables, task: Id, parent: Id): Refusal | null {
  if (!view.task(parent)) return refuse("task_not_found");
  const above = (id: Id) => view.task(id)?.parent ?? [];
  return leadsTo(parent, task, (id) => [above(id)].flat()) ? refuse("dependency_cycle") : null;
}

/** Whether a walk that begins at `from` comes to `to`. One that is too long comes nowhere. */
export function leadsTo(from: Id, to: Id, steps: (id: Id) => readonly Id[]): boolean {
  const seen = new Set([from]);
  // A set is walked in the order in which it grows.
  for (const id of seen) {
    if (id === to) return true;
    if (seen.size > mostSteps) return false;
    for (const next of steps(id)) seen.add(next);
  }
  return false;
}

/** What a task waits for. */
export function waitsFor(view: Tables, task: Id): Id[] {
  const edges = view.edges(task).filter((edge) => edge.kind === "blocks" && edge.task === task);
  return edges.map(({ on }) => on);
}

/** The statuses that may follow `from`, without itself. */
function allowedFrom({ statuses, transitions }: Workflow, from: string): string[] {
  const listed = transitions && Object.hasOwn(transitions, from) ? transitions[from] : undefined;
  return (listed ?? statuses.map(({ key }) => key)).filter((to) => to !== from);
}

function stops({ workflow, blocked_gate: gate }: Project, from: string, to: string): boolean {
  const category = categoryOf(workflow, to);
  const gated = category === "done" ? gate !== "off" : category === "active" && gate === "start";
  return gated && category !== categoryOf(workflow, from);
}

/** What a status means. One that is not there any more blocks no task. */
function categoryOf({ statuses }: Workflow, key: string): Category {
  return statuses.find((status) => status.key === key)?.category ?? "cancelled";
}

/** The tasks that `task` waits for and that are still open. */
export function openBlockers(view: Tables, task: Id): TaskRef[] {
  return waitsFor(view, task).flatMap((id) => {
    const on = view.task(id);
    const category = on && categoryOf(view.project.workflow, on.status);
    if (!on || category === "done" || category === "cancelled") return [];
    return { id, number: on.number, title: on.title, status: on.status };
  });
}
