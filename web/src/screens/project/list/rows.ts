// The rows of a list: a head for each status, and below it its tasks in the wanted order, unless it is collapsed.

import type { Id, Priority, Status, Task } from "../../../sync/model";
import { compare } from "../../../sync/tables";

export const orders = ["hand", "priority", "due", "updated", "number"] as const;
export type Order = (typeof orders)[number];

export type Row =
  | { readonly kind: "head"; readonly status: Status; readonly count: number; readonly collapsed: boolean }
  | { readonly kind: "task"; readonly id: Id };

export interface Group {
  readonly status: Status;
  readonly ids: readonly Id[];
}

/** Groups without tasks are left out. */
export function rowsOf(groups: readonly Group[], collapsed: ReadonlySet<string>): Row[] {
  return groups.flatMap(({ status, ids }): Row[] => {
    if (ids.length === 0) return [];
    const isCollapsed = collapsed.has(status.key);
    const head: Row = { kind: "head", status, count: ids.length, collapsed: isCollapsed };
    return isCollapsed ? [head] : [head, ...ids.map((id): Row => ({ kind: "task", id }))];
  });
}

const weight: Record<Priority, number> = { urgent: 0, high: 1, medium: 2, low: 3, none: 4 };

const comparisons: Record<Exclude<Order, "hand">, (a: Task, b: Task) => number> = {
  priority: (a, b) => weight[a.priority] - weight[b.priority],
  // What has no day comes last.
  due: (a, b) => compare(a.due_on ?? "~", b.due_on ?? "~"),
  updated: (a, b) => compare(b.updated_at, a.updated_at),
  number: (a, b) => a.number - b.number,
};

/** The ids in another order; equal ones stay in the order by hand. */
export function inOrder(ids: readonly Id[], order: Order, task: (id: Id) => Task | undefined): readonly Id[] {
  if (order === "hand") return ids;
  const by = comparisons[order];
  const tasks = ids.flatMap((id) => task(id) ?? []);
  return tasks.sort(by).map(({ id }) => id);
}

export function readOrder(search: string): Order {
  const wanted = new URLSearchParams(search).get("sort");
  return orders.find((order) => order === wanted) ?? "hand";
}

export const isList = (search: string): boolean => new URLSearchParams(search).get("view") === "list";
