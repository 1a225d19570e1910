// Which tasks are below which, kept as tasks change.

import type { Id, Task } from "./model";

const none: ReadonlySet<Id> = new Set();

export class Family {
  private readonly parents = new Map<Id, Id>();
  private readonly below = new Map<Id, ReadonlySet<Id>>();

  /** The subtasks of a task. The set is a new one after each change of it. */
  children(parent: Id): ReadonlySet<Id> {
    return this.below.get(parent) ?? none;
  }

  parent(id: Id): Id | undefined {
    return this.parents.get(id);
  }

  /** Takes a changed task in, and answers who has other subtasks now. */
  update(id: Id, task: Task | undefined): Id[] {
    const old = this.parents.get(id);
    const parent = task?.parent ?? undefined;
    if (old === parent) return [];
    const changed: Id[] = [];
    if (old !== undefined) {
      this.below.set(old, new Set([...this.children(old)].filter((child) => child !== id)));
      changed.push(old);
    }
    if (parent === undefined) this.parents.delete(id);
    else {
      this.parents.set(id, parent);
      this.below.set(parent, new Set([...this.children(parent), id]));
      changed.push(parent);
    }
    return changed;
  }
}
