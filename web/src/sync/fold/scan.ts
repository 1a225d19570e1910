// What a view has, by looking at all of its tasks: for tests. The page keeps the order and the family as tasks change.

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

/** Everything of a project, in the order of a snapshot. */
export function everythingOf(view: Tables) {
  const tasks = [...view.tasks()].sort((a, b) => compare(a.id, b.id));
  return { project: view.project, members: view.members(), tasks, dependencies: view.allEdges() };
}
