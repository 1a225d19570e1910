// Which finished tasks a board shows: those of the last 14 days.

import type { Day, Id } from "../../../sync/model";
import type { ProjectStore } from "../../../sync/store";
import { addDays, dayIn } from "../../../words/days";
import { isOpen } from "../../../words/tasks";

export const recentDays = 14;

export interface Today {
  readonly day: Day;
  readonly zone: string;
}

/** The finished tasks of the last 14 days, or the same array when they all are. */
export function recentlyDone(store: ProjectStore, ids: readonly Id[], { day, zone }: Today): readonly Id[] {
  const first = addDays(day, -recentDays);
  const shown = ids.filter((id) => {
    const task = store.task(id);
    return task !== undefined && dayIn(zone, Date.parse(task.updated_at)) >= first;
  });
  return shown.length === ids.length ? ids : shown;
}

/** The ids of every column as the board shows them. */
export function shownColumns(store: ProjectStore, today: Today): readonly (readonly Id[])[] {
  return store.view.project.workflow.statuses.map((status) => {
    const all = store.column(status.key);
    return isOpen(status.category) ? all : recentlyDone(store, all, today);
  });
}
