// The rows of a list: a head for each group, and below it its tasks in the wanted order, unless it is collapsed.

import type { Id, Priority, Task } from "../../../sync/model";
import { compare } from "../../../sync/tables";

export const orders = ["hand", "priority", "due", "updated", "number"] as const;
export type Order = (typeof orders)[number];

export const groupings = ["status", "assignee", "priority", "label"] as const;
export type Grouping = (typeof groupings)[number];

/** What a group is of: a status, somebody, a priority or a label. `none` is nobody and no label. */
export interface Head {
  readonly key: string;
  readonly name: string;
  readonly collapsed: boolean;
}

export interface Group extends Head {
  readonly ids: readonly Id[];
}

export type Row =
  | { readonly kind: "head"; readonly key: string; readonly head: Head; readonly count: number }
  /** A task of two people stands in both groups, so its id is no key. */
  | { readonly kind: "task"; readonly key: string; readonly id: Id };

/** Groups without tasks are left out. */
export function rowsOf(groups: readonly Group[]): Row[] {
  return groups.flatMap(({ ids, ...head }): Row[] => {
    if (ids.length === 0) return [];
    const first: Row = { kind: "head", key: head.key, head, count: ids.length };
    return head.collapsed
      ? [first]
      : [first, ...ids.map((id): Row => ({ kind: "task", key: `${head.key}/${id}`, id }))];
  });
}

/** The tasks of each head, in their order. */
export function grouped(tasks: readonly Task[], heads: readonly Head[], grouping: Grouping): Group[] {
  const members = new Map<string, Id[]>();
  for (const task of tasks) {
    for (const value of valuesOf(task, grouping)) {
      const ids = members.get(value) ?? [];
      members.set(value, ids);
      ids.push(task.id);
    }
  }
  return heads.map((head) => ({ ...head, ids: members.get(head.key) ?? [] }));
}

function valuesOf(task: Task, grouping: Grouping): readonly string[] {
  if (grouping === "status") return [task.status];
  if (grouping === "priority") return [task.priority];
  const own = grouping === "assignee" ? task.assignees : task.labels;
  return own.length === 0 ? ["none"] : own;
}

const weight: Record<Priority, number> = { urgent: 0, high: 1, medium: 2, low: 3, none: 4 };

const comparisons: Record<Exclude<Order, "hand">, (a: Task, b: Task) => number> = {
  priority: (a, b) => weight[a.priority] - weight[b.priority],
  // What has no day comes last.
  due: (a, b) => compare(a.due_on ?? "~", b.due_on ?? "~"),
  updated: (a, b) => compare(b.updated_at, a.updated_at),
  number: (a, b) => a.number - b.number,
};

/** The tasks in another order; equal ones stay in the order by hand. */
export function inOrder(tasks: readonly Task[], order: Order): readonly Task[] {
  return order === "hand" ? tasks : tasks.toSorted(comparisons[order]);
}

/** The row that J, K and the arrows lead to from the row `key`: heads are passed over. */
export function rowBeside(rows: readonly Row[], key: string | null, step: 1 | -1): string | null {
  const tasks = rows.filter((row) => row.kind === "task");
  const at = tasks.findIndex((row) => row.key === key);
  if (at < 0) return tasks[0]?.key ?? null;
  return tasks[Math.min(Math.max(at + step, 0), tasks.length - 1)]?.key ?? null;
}

/**
 * The row that is selected when `key` is gone: that of the same task after one's own edit, which may have moved it, else the
 * next one, else the one before.
 */
export function rowInstead(before: readonly Row[], now: readonly Row[], key: string, own: Id | null): string | null {
  const at = before.findIndex((row) => row.key === key);
  const gone = before[at];
  const follows = now.find((row) => row.kind === "task" && gone?.kind === "task" && gone.id === own && row.id === own);
  if (follows) return follows.key;
  const left = new Set(now.filter((row) => row.kind === "task").map((row) => row.key));
  const isLeft = (row: Row) => left.has(row.key);
  return (before.slice(at).find(isLeft) ?? before.slice(0, Math.max(at, 0)).findLast(isLeft))?.key ?? null;
}

export const readOrder = (search: string): Order => among(orders, search, "sort");
export const readGrouping = (search: string): Grouping => among(groupings, search, "group");

function among<T extends string>(all: readonly [T, ...T[]], search: string, name: string): T {
  const wanted = new URLSearchParams(search).get(name);
  return all.find((one) => one === wanted) ?? all[0];
}

export const isList = (search: string): boolean => new URLSearchParams(search).get("view") === "list";
