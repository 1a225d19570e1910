// The local copy of projects: a snapshot, and the events that came after it. A known project opens from it at once.

import type { Clock, Position } from "./environment";
import type { Id, ProjectEvent, Snapshot } from "./model";
import type { Change, KeptEvent, Storage } from "./storage";

const writeAfter = 1_000;
/** So many events after the snapshot are read at the most; then a new snapshot is kept. */
export const mostEvents = 500;

export class Copies {
  private waiting: Change[] = [];
  private scheduled = false;

  constructor(
    private readonly storage: Promise<Storage>,
    private readonly clock: Clock,
  ) {}

  /** What is kept of a project, with the events that follow it without a gap. */
  async read(project: Id): Promise<{ snapshot: Snapshot; events: ProjectEvent[] } | null> {
    try {
      const kept = await (await this.storage).copy(project);
      if (!kept) return null;
      const { snapshot } = kept.copy;
      return { snapshot, events: following(snapshot, kept.events) };
    } catch {
      // A copy that can't be read is as good as none.
      return null;
    }
  }

  /** `anew`: what came before is void. */
  save(snapshot: Snapshot, anew: boolean): void {
    const project = snapshot.project.id;
    const savedAt = this.clock.now();
    const upTo = anew ? Number.MAX_SAFE_INTEGER : snapshot.version;
    this.write([
      { forget: project, upTo },
      { put: "copies", value: { project, savedAt, snapshot } },
    ]);
  }

  append(project: Id, epoch: string, events: readonly ProjectEvent[]): void {
    this.write(eventRows(project, epoch, events));
  }

  forget(project: Id): void {
    this.write([
      { remove: "copies", key: project },
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

function following({ epoch, version }: Position, kept: readonly KeptEvent[]): ProjectEvent[] {
  const events: ProjectEvent[] = [];
  for (const one of kept) {
    if (one.version <= version || one.epoch !== epoch) continue;
    if (one.version !== version + events.length + 1) break;
    events.push(one.event);
  }
  return events;
}
