// Which tasks stand in which column, in the order of their ranks. Kept as tasks change, so no change sorts a whole board; a
// column is built when it is read, so many changes build it once.

import type { Id, Task } from "./model";
import { compare } from "./tables";

interface Place {
  status: string;
  rank: string;
}

const none: readonly Id[] = [];

export class Board {
  private readonly places = new Map<Id, Place>();
  private readonly columns = new Map<string, readonly Id[]>();
  /** Of columns that are not built yet: who came, left or moved since they were. */
  private readonly moved = new Map<string, Set<Id>>();

  /** The ids of a column, in order. The array is a new one after each change of the column. */
  column(status: string): readonly Id[] {
    const moved = this.moved.get(status);
    if (moved) {
      this.moved.delete(status);
      this.rebuild(status, moved);
    }
    return this.columns.get(status) ?? none;
  }

  rank(id: Id): string | undefined {
    return this.places.get(id)?.rank;
  }

  /** Takes changed tasks in, each with its new self or `undefined`, and answers which columns are different now. */
  update(changed: Iterable<readonly [Id, Task | undefined]>): Set<string> {
    const dirty = new Set<string>();
    const note = (status: string, id: Id) => {
      dirty.add(status);
      group(this.moved, status, () => new Set<Id>()).add(id);
    };
    for (const [id, task] of changed) {
      const old = this.places.get(id);
      if (old && task && old.status === task.status && old.rank === task.rank) continue;
      if (old) {
        note(old.status, id);
        this.places.delete(id);
      }
      if (task) {
        note(task.status, id);
        this.places.set(id, { status: task.status, rank: task.rank });
      }
    }
    return dirty;
  }

  private rebuild(status: string, moved: ReadonlySet<Id>): void {
    const staying = (this.columns.get(status) ?? none).filter((id) => !moved.has(id));
    const coming = [...moved].filter((id) => this.places.get(id)?.status === status);
    coming.sort((a, b) => this.compare(a, b));
    const merged: Id[] = [];
    let next = 0;
    for (const id of staying) {
      for (let other = coming[next]; other !== undefined && this.compare(other, id) < 0; other = coming[++next]) {
        merged.push(other);
      }
      merged.push(id);
    }
    merged.push(...coming.slice(next));
    this.columns.set(status, merged);
  }

  private compare(a: Id, b: Id): number {
    return compare(this.rank(a) ?? "", this.rank(b) ?? "") || compare(a, b);
  }
}

function group<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
