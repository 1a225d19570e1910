// Storage in IndexedDB: one database for each person.

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import type { Id } from "./model";
import type { Change, Copy, Draft, Entry, KeptEvent, Refused, Rows, Storage, StoreName, Texts } from "./storage";

/**
 * Raised with every change of what is kept. Local copies of another number are thrown away; the queue, what was refused and
 * drafts are read from the two numbers before.
 */
export const schema = 4;
const oldestRead = schema - 2;

interface Tables extends DBSchema {
  queue: { key: number; value: Entry };
  refused: { key: number; value: Refused };
  drafts: { key: string; value: Draft };
  copies: { key: string; value: Copy };
  texts: { key: [string, number]; value: Texts };
  events: { key: [string, number]; value: KeptEvent };
}

type Name = StoreName;
const names = ["queue", "refused", "drafts", "copies", "texts", "events"] as const;

export class Database implements Storage {
  readonly lasting = true;

  private constructor(private readonly db: IDBPDatabase<Tables>) {}

  /** Rejects where there is no IndexedDB, or where a newer build keeps something else in it. */
  static async open(name: string): Promise<Database> {
    const db = await openDB<Tables>(name, schema, {
      upgrade: (db, before) => upgrade(db, before),
      blocking: (_old, _new, event) => {
        (event.target as IDBDatabase).close();
      },
    });
    return new Database(db);
  }

  all<S extends Name>(store: S): Promise<Rows[S][]> {
    return this.db.getAll(store) as Promise<Rows[S][]>;
  }

  async copy(project: Id): Promise<{ copy: Copy; events: KeptEvent[] } | null> {
    const reading = this.db.transaction(["copies", "events"]);
    const [copy, events] = await Promise.all([
      reading.objectStore("copies").get(project),
      reading.objectStore("events").getAll(range(project, Number.MAX_SAFE_INTEGER)),
    ]);
    return copy ? { copy, events } : null;
  }

  texts(project: Id, part: number): Promise<Texts | undefined> {
    return this.db.get("texts", [project, part]);
  }

  async write(changes: readonly Change[]): Promise<number[]> {
    if (changes.length === 0) return [];
    const writing = this.db.transaction(names, "readwrite");
    try {
      const done = await Promise.all(changes.map((change) => apply(writing, change)));
      await writing.done;
      return done.filter((number) => number !== null);
    } catch (error) {
      abort(writing);
      await writing.done.catch(() => undefined);
      throw error;
    }
  }

  async clear(): Promise<void> {
    const writing = this.db.transaction(names, "readwrite");
    await Promise.all([...names.map((name) => writing.objectStore(name).clear()), writing.done]);
  }

  close(): void {
    this.db.close();
  }
}

/** It may have ended by itself already. */
function abort(writing: Writing): void {
  try {
    writing.abort();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

type Writing = IDBPTransaction<Tables, typeof names, "readwrite">;

async function apply(writing: Writing, change: Change): Promise<number | null> {
  if ("append" in change) return writing.objectStore("queue").add(change.append as Entry);
  if ("put" in change) await put(writing, change);
  else if ("remove" in change) await writing.objectStore(change.remove).delete(change.key as never);
  else if ("forgetTexts" in change) {
    await writing.objectStore("texts").delete(range(change.forgetTexts, Number.MAX_SAFE_INTEGER));
  } else await writing.objectStore("events").delete(range(change.forget, change.upTo));
  return null;
}

function put(writing: Writing, change: Extract<Change, { put: Name }>): Promise<unknown> {
  return writing.objectStore(change.put).put(change.value as never);
}

/** Versions of events, or parts of texts. */
function range(project: Id, upTo: number): IDBKeyRange {
  return IDBKeyRange.bound([project, 0], [project, upTo]);
}

function upgrade(db: IDBPDatabase<Tables>, before: number): void {
  const known = before >= oldestRead;
  for (const name of [...db.objectStoreNames]) {
    const work = name === "queue" || name === "refused" || name === "drafts";
    if (!known || !work) db.deleteObjectStore(name);
  }
  const missing = (name: Name): boolean => !db.objectStoreNames.contains(name);
  if (missing("queue")) db.createObjectStore("queue", { keyPath: "number", autoIncrement: true });
  if (missing("refused")) db.createObjectStore("refused", { keyPath: "number" });
  if (missing("drafts")) db.createObjectStore("drafts", { keyPath: "key" });
  if (missing("copies")) db.createObjectStore("copies", { keyPath: "project" });
  if (missing("texts")) db.createObjectStore("texts", { keyPath: ["project", "part"] });
  if (missing("events")) db.createObjectStore("events", { keyPath: ["project", "version"] });
}
