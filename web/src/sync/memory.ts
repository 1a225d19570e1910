// Storage without IndexedDB: it lasts as long as the page. The model test shares one among tabs.

import type { Id } from "./model";
import {
  type Change,
  type Copy,
  type Entry,
  type KeptEvent,
  type Key,
  keyOf,
  type Rows,
  type Storage,
  type StoreName,
  type Texts,
} from "./storage";

type Table<S extends StoreName> = Map<string, Rows[S]>;

export class MemoryStorage implements Storage {
  private tables: { [S in StoreName]: Table<S> } = empty();
  private last = 0;

  constructor(readonly lasting = false) {}

  async all<S extends StoreName>(store: S): Promise<Rows[S][]> {
    const rows = [...(this.tables[store] as Table<S>).values()];
    return store === "queue" || store === "refused" ? (sorted(rows as Entry[]) as Rows[S][]) : rows;
  }

  async copy(project: Id): Promise<{ copy: Copy; events: KeptEvent[] } | null> {
    const copy = this.tables.copies.get(name(project));
    if (!copy) return null;
    const events = [...this.tables.events.values()].filter((one) => one.project === project);
    return { copy, events: events.sort((a, b) => a.version - b.version) };
  }

  async texts(project: Id, part: number): Promise<Texts | undefined> {
    return this.tables.texts.get(name([project, part]));
  }

  async write(changes: readonly Change[]): Promise<number[]> {
    const numbers: number[] = [];
    for (const change of changes) {
      const number = this.change(change);
      if (number !== null) numbers.push(number);
    }
    return numbers;
  }

  async clear(): Promise<void> {
    this.tables = empty();
  }

  close(): void {}

  private change(change: Change): number | null {
    if ("append" in change) {
      this.last += 1;
      this.put("queue", { ...change.append, number: this.last });
      return this.last;
    }
    if ("put" in change) this.put(change.put, change.value);
    else if ("remove" in change) this.tables[change.remove].delete(name(change.key));
    else if ("forgetTexts" in change) this.forgetTexts(change.forgetTexts);
    else this.forget(change.forget, change.upTo);
    return null;
  }

  private put<S extends StoreName>(store: S, value: Rows[S]): void {
    (this.tables[store] as Table<S>).set(name(keyOf(store, value)), value);
  }

  private forgetTexts(project: Id): void {
    for (const [key, one] of this.tables.texts) if (one.project === project) this.tables.texts.delete(key);
  }

  private forget(project: Id, upTo: number): void {
    for (const [key, one] of this.tables.events) {
      if (one.project === project && one.version <= upTo) this.tables.events.delete(key);
    }
  }
}

function empty(): { [S in StoreName]: Table<S> } {
  const [queue, refused, drafts, copies, texts, events] = [
    new Map(),
    new Map(),
    new Map(),
    new Map(),
    new Map(),
    new Map(),
  ];
  return { queue, refused, drafts, copies, texts, events };
}

function name(key: Key): string {
  return JSON.stringify(key);
}

function sorted(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => a.number - b.number);
}
