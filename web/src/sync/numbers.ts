// Finds tasks by their numbers.

import type { Id, Task } from "./model";
import type { ProjectStore } from "./store";

interface Index {
  readonly version: number;
  readonly ids: ReadonlyMap<number, Id>;
}

const indexes = new WeakMap<ProjectStore, Index>();

/** The task with a number. All tasks are looked through only when it isn't where it was, and once for each version. */
export function taskByNumber(store: ProjectStore, number: number): Task | undefined {
  const index = indexes.get(store);
  const known = at(store, index, number);
  if (known || index?.version === store.version) return known;
  const ids = new Map([...store.view.tasks()].map((task) => [task.number, task.id]));
  const made = { version: store.version, ids };
  indexes.set(store, made);
  return at(store, made, number);
}

function at(store: ProjectStore, index: Index | undefined, number: number): Task | undefined {
  const id = index?.ids.get(number);
  const task = id === undefined ? undefined : store.task(id);
  return task?.number === number ? task : undefined;
}
