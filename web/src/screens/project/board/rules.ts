// What the board knows of the rules before it asks: the server judges again.

import type { Id, Status, Task } from "../../../sync/model";
import type { Tables } from "../../../sync/tables";
import { isOpen, listWords, statusOf, taskName } from "../../../words/tasks";

/** The tasks that `id` waits for and that are still open. */
export function openBlockers(view: Tables, id: Id): Task[] {
  return view.edges(id).flatMap((edge) => {
    if (edge.kind !== "blocks" || edge.task !== id) return [];
    const blocker = view.task(edge.on);
    return blocker && isOpen(statusOf(view.project, blocker.status)?.category) ? [blocker] : [];
  });
}

/** Why a task may not go to a column, in words; `null`: it may. */
export function forbidden(view: Tables, task: Task, to: Status): string | null {
  const { workflow, blocked_gate } = view.project;
  if (to.key === task.status) return null;
  const allowed = workflow.transitions?.[task.status];
  if (allowed && !allowed.includes(to.key)) {
    return `${statusOf(view.project, task.status)?.name ?? task.status} does not lead to ${to.name}`;
  }
  const gated = to.category === "done" ? blocked_gate !== "off" : to.category === "active" && blocked_gate === "start";
  const blockers = gated ? openBlockers(view, task.id) : [];
  if (blockers.length === 0) return null;
  return `Waits for ${listWords(blockers.map((blocker) => taskName(view.project, blocker)))}`;
}
