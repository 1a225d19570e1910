// The local copy of projects: a snapshot, and the events that came after it. A known project opens from it at once.

import type { Clock, Position } from "./environment";
import type { Id, ProjectEvent, Snapshot } from "./model";
import type { Change, KeptEvent, Storage, Texts } from "./storage";

const writeAfter = 1_000;
/** So many events after the snapshot are read at the most; then a new snapshot is kept. */
export const mostEvents = 500;
/** So many characters of descriptions are one row, which is read in a part of a frame. */
const partOfTexts = 500_000;

export interface Kept {
  /** Without the descriptions of the tasks in `apart`. */
  readonly snapshot: Snapshot;
  readonly apart: readonly Id[];
  readonly events: ProjectEvent[];
}

export class Copies {
  private waiting: Change[] = [];
  private scheduled = false;

  constructor(
    private readonly storage: Promise<Storage>,
    private readonly clock: Clock,
  ) {}

  /** What is kept of a project, with the events that follow it without a gap. */
  async read(project: Id): Promise<Kept | null> {
    try {
      const kept = await (await this.storage).copy(project);
      if (!kept) return null;
      const { snapshot, apart } = kept.copy;
      return { snapshot, apart, events: following(snapshot, kept.events) };
    } catch {
      // A copy that can't be read is as good as none.
      return null;
    }
  }

  /** The descriptions that stand apart from the snapshot of this version, in parts. Throws when they can't be read whole. */
  async *texts(project: Id, version: number, count: number): AsyncGenerator<Texts["texts"]> {
    const storage = await this.storage;
    for (let part = 0, read = 0; read < count; part += 1) {
      const row = await storage.texts(project, part);
      if (row?.version !== version) throw new Error("the local copy is another one by now");
      read += row.texts.length;
      yield row.texts;
    }
  }

  /** `anew`: what came before is void. */
  save(snapshot: Snapshot, anew: boolean): void {
    const project = snapshot.project.id;
    const savedAt = this.clock.now();
    const upTo = anew ? Number.MAX_SAFE_INTEGER : snapshot.version;
    const { slim, apart } = withoutTexts(snapshot);
    this.write([
      { forget: project, upTo },
      { forgetTexts: project },
      { put: "copies", value: { project, savedAt, snapshot: slim, apart: apart.map(([task]) => task) } },
      ...textRows(snapshot, apart),
    ]);
  }

  append(project: Id, epoch: string, events: readonly ProjectEvent[]): void {
    this.write(eventRows(project, epoch, events));
  }

  forget(project: Id): void {
    this.write([
      { remove: "copies", key: project },
      { forgetTexts: project },
      { forget: project, upTo: Number.MAX_SAFE_INTEGER },
    ]);
  }

  private write(changes: readonly Change[]): void {
    this.waiting.push(...changes);
    if (this.scheduled) return;
    this.scheduled = true;
    this.clock.after(writeAfter, () => void this.flush());
  }

  private async flush(): Promise<void> {
    const changes = this.waiting;
    this.waiting = [];
    this.scheduled = false;
    try {
      await (await this.storage).write(changes);
    } catch {
      // Without room there is no newer copy. The project is loaded from the server then.
    }
  }
}

export function eventRows(project: Id, epoch: string, events: readonly ProjectEvent[]): Change[] {
  return events.map((event) => ({ put: "events", value: { project, version: event.version, epoch, event } }));
}

function withoutTexts(snapshot: Snapshot): { slim: Snapshot; apart: [Id, string][] } {
  const apart: [Id, string][] = [];
  const tasks = snapshot.tasks.map((task) => {
    if (task.description === "") return task;
    apart.push([task.id, task.description]);
    return { ...task, description: "" };
  });
  return { slim: { ...snapshot, tasks }, apart };
}

function textRows({ project, version }: Snapshot, apart: readonly (readonly [Id, string])[]): Change[] {
  const parts: (readonly [Id, string])[][] = [];
  let room = 0;
  for (const one of apart) {
    if (room <= 0) {
      parts.push([]);
      room = partOfTexts;
    }
    parts.at(-1)?.push(one);
    room -= one[1].length;
  }
  return parts.map((texts, part) => ({ put: "texts", value: { project: project.id, part, version, texts } }));
}

function following({ epoch, version }: Position, kept: readonly KeptEvent[]): ProjectEvent[] {
  const events: ProjectEvent[] = [];
  for (const one of kept) {
    if (one.version <= version || one.epoch !== epoch) continue;
    if (one.version !== version + events.length + 1) break;
    events.push(one.event);
  }
  return events;
}
