// What the rules of the fold have in common.

import type { Id, Moment, ProjectEvent, Task } from "../model";
import type { Tables } from "../tables";
import type { EventData, EventType } from "./events";

/** How events change a project. `event` is the one that `data` stands in. */
export type Rules<T extends EventType> = {
  readonly [K in T]: (tables: Tables, data: EventData[K], event: ProjectEvent) => void;
};

/** An event does not follow on what there is. Never for events in version order from one log: then a snapshot has to be loaded. */
export class FoldError extends Error {}

/** An event of a type that this build does not know: a snapshot has to be loaded. */
export class UnknownEvent extends FoldError {
  constructor(readonly type: string) {
    super(`unknown type of event: ${type}`);
  }
}

/** A task that an event changes. */
export function existing(tables: Tables, id: Id): Task {
  const task = tables.task(id);
  if (!task) throw new FoldError(`task ${id} is not there`);
  return task;
}

/** A list of definitions, sorted by key, with one more or with another one in the place of the one with its key. */
export function put<T extends { readonly key: string }>(list: readonly T[], item: T): T[] {
  const others = list.filter((other) => other.key !== item.key);
  const end = others.findIndex((other) => other.key > item.key);
  return others.toSpliced(end < 0 ? others.length : end, 0, item);
}

/** A list of definitions with one out of use. */
export function archive<T extends { readonly key: string; readonly archived: boolean }>(
  list: readonly T[],
  key: string,
) {
  return list.map((item): T => (item.key === key ? { ...item, archived: true } : item));
}

/** Changes the project itself. */
export function changeProject(tables: Tables, at: Moment, change: Partial<Tables["project"]>): void {
  tables.project = { ...tables.project, ...change, updated_at: at };
}
