// Which tasks stand in which column, in the order of their ranks. Kept as tasks change, so no change sorts a whole board.

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

  /** The ids of a column, in order. The array is a new one after each change of the column. */
  column(status: string): readonly Id[] {
    return this.columns.get(status) ?? none;
  }

  rank(id: Id): string | undefined {
    return this.places.get(id)?.rank;
  }

  /** The highest rank of the whole project and of one column: where the end is. */
  last(status: string): string | undefined {
    const id = this.column(status).at(-1);
    return id === undefined ? undefined : this.rank(id);
  }

  /** Takes changed tasks in, each with its new self or `undefined`, and answers which columns are different now. */
  update(changed: Iterable<readonly [Id, Task | undefined]>): Set<string> {
    const leaving = new Map<string, Set<Id>>();
    const coming = new Map<string, Id[]>();
    for (const [id, task] of changed) {
      const old = this.places.get(id);
      if (old && task && old.status === task.status && old.rank === task.rank) continue;
      if (old) {
        group(leaving, old.status, () => new Set<Id>()).add(id);
        this.places.delete(id);
      }
      if (task) {
        this.places.set(id, { status: task.status, rank: task.rank });
        group(coming, task.status, () => []).push(id);
      }
    }
    const dirty = new Set([...leaving.keys(), ...coming.keys()]);
    for (const status of dirty) this.rebuild(status, leaving.get(status), coming.get(status) ?? []);
    return dirty;
  }

  private rebuild(status: string, leaving: Set<Id> | undefined, coming: Id[]): void {
    const staying = leaving ? this.column(status).filter((id) => !leaving.has(id)) : this.column(status);
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
