// Which tasks a board shows: those that pass its filter, and without one of the finished tasks those of the last 14 days.

import type { Day, Id, Status } from "../../../sync/model";
import type { ProjectStore } from "../../../sync/store";
import { addDays, dayIn } from "../../../words/days";
import { isOpen, statusOf } from "../../../words/tasks";
import type { Sight } from "../filter/sight";

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

export interface Shown extends Today {
  readonly sight: Sight;
}

/** The ids of a column as the board shows them. */
export function shownColumn(store: ProjectStore, { key, category }: Status, shown: Shown): readonly Id[] {
  const all = shown.sight.column(store, key);
  return isOpen(category) || !shown.sight.isWhole ? all : recentlyDone(store, all, shown);
}

/** Whether a task is among those that its column shows. */
export function isShown(store: ProjectStore, id: Id, shown: Shown): boolean {
  const task = store.task(id);
  if (!task) return false;
  if (!shown.sight.isWhole) return shown.sight.shows(store, id);
  const category = statusOf(store.view.project, task.status)?.category;
  return isOpen(category) || recentlyDone(store, [id], shown).length > 0;
}

export function shownColumns(store: ProjectStore, shown: Shown): readonly (readonly Id[])[] {
  return store.view.project.workflow.statuses.map((status) => shownColumn(store, status, shown));
}
