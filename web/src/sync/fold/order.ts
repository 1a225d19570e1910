// Where in the order of a project a task goes. Ranks are compared over all columns, as on the server, so that a predicted rank is
// most probably the one that the task gets.

import type { Id, Task } from "../model";
import type { Tables } from "../tables";
import { between } from "./rank";

/** The order as a view has it, kept as tasks change: nothing here looks at every task. */
export interface Order {
  /** The ids of a column, in the order of their ranks. */
  column(status: string): readonly Id[];
  rank(id: Id): string | undefined;
}

/** Directly below `after`, or directly above `before`, or at the end if neither is given. */
export interface Place {
  readonly after?: Id;
  readonly before?: Id;
}

/** A rank above all. */
export function endRank(view: Tables, order: Order): string {
  return between(previous(view, order), undefined);
}

/** A free rank at `place`. A neighbour that has left the column, or is gone, does not count. */
export function freeRank(view: Tables, order: Order, status: string, place: Place): string {
  const upper = standing(view, place.after, status);
  if (upper) return between(upper.rank, next(view, order, upper.rank));
  const lower = standing(view, place.before, status);
  return lower ? between(previous(view, order, lower.rank), lower.rank) : endRank(view, order);
}

/** Whether `task` already has that place in its column. */
export function isWhereItStands(view: Tables, order: Order, task: Task, { after, before }: Place): boolean {
  if (after === task.id || before === task.id) return true;
  const upper = standing(view, after, task.status);
  if (upper) return next(view, order, upper.rank) === task.rank;
  const lower = standing(view, before, task.status);
  return next(view, order, task.rank) === lower?.rank;
}

function standing(view: Tables, id: Id | undefined, status: string): Task | undefined {
  const task = id === undefined ? undefined : view.task(id);
  return task?.status === status ? task : undefined;
}

/** The next rank of the whole project above `rank`. */
function next(view: Tables, order: Order, rank: string): string | undefined {
  const above = (column: readonly Id[]) => countBelow(column, order, (other) => other <= rank);
  return ranksAt(view, order, above).sort()[0];
}

/** The next one below `rank`, or the highest of all if there is no `rank`. */
function previous(view: Tables, order: Order, rank?: string): string | undefined {
  const below = (column: readonly Id[]) => countBelow(column, order, (other) => rank === undefined || other < rank) - 1;
  return ranksAt(view, order, below).sort().at(-1);
}

/** One rank of each column that has one there. */
function ranksAt(view: Tables, order: Order, place: (column: readonly Id[]) => number): string[] {
  return view.project.workflow.statuses.flatMap(({ key }) => {
    const column = order.column(key);
    const id = column[place(column)];
    return (id === undefined ? undefined : order.rank(id)) ?? [];
  });
}

/** How many tasks a column begins with whose ranks are below something. */
function countBelow(column: readonly Id[], order: Order, isBelow: (rank: string) => boolean): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(order.rank(column[middle] ?? "") ?? "")) low = middle + 1;
    else high = middle;
  }
  return low;
}
