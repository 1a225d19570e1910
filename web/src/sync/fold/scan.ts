// The order and the family of a view by looking at all of its tasks: for tests, where the page keeps both as tasks change.

import type { Id, Task } from "../model";
import { compare, type Tables } from "../tables";
import type { Context } from "./judge";

export function scan(view: Tables): Pick<Context, "order" | "family"> {
  const ids = (is: (task: Task) => boolean): Id[] => {
    const found = [...view.tasks()].filter(is).sort((a, b) => compare(a.rank, b.rank) || compare(a.id, b.id));
    return found.map((task) => task.id);
  };
  return {
    order: {
      column: (status) => ids((task) => task.status === status),
      rank: (id) => view.task(id)?.rank,
    },
    family: { children: (parent) => ids((task) => task.parent === parent) },
  };
}
