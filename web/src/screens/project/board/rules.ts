// What the board says of the rules before it asks: the server judges again.

import { refusedStatus } from "../../../sync/fold/judge";
import type { Status, Task } from "../../../sync/model";
import type { Tables } from "../../../sync/tables";
import { listWords, statusName, taskName } from "../../../words/tasks";

/** Why a task may not go to a column, in words; `null`: it may. */
export function forbidden(view: Tables, task: Task, to: Status): string | null {
  if (to.key === task.status) return null;
  // Nobody passes a gate by a drag, so it does not matter who asks.
  const refusal = refusedStatus(view, task, to.key, false, "");
  if (!refusal) return null;
  const { project } = view;
  if (refusal.blockers) return `Waits for ${listWords(refusal.blockers.map((blocker) => taskName(project, blocker)))}`;
  return `${statusName(project, task.status)} does not lead to ${to.name}`;
}
