// The projects that this tab has open: loaded from the local copy or the server, and kept up to the events that are heard of.

import { ApiError, SessionEnded } from "../api/problem";
import { type Copies, type Kept, mostEvents } from "./copy";
import { type Clock, NoAnswer, type Position } from "./environment";
import type { Id, ProjectEvent, Snapshot } from "./model";
import { ProjectStore } from "./store";

export interface ProjectsHost {
  get<T>(path: string): Promise<T>;
  /** Which projects are open, or where one of them stands, is different now. */
  needsChanged(): void;
  /** Events were applied, or a snapshot: what is pending may be shown otherwise. */
  moved(store: ProjectStore, events: readonly ProjectEvent[]): void;
  /** The log is another one: what was confirmed may not have happened. */
  anotherEpoch(project: Id): void;
  gone(project: Id): void;
  /** The server answers again for a project that is opened, or does not. */
  late(project: Id): void;
  random(): number;
}

interface Open {
  users: number;
  store: Promise<ProjectStore>;
  loaded: ProjectStore | null;
  gone: boolean;
  /** It was asked for in vain, and is asked for again. */
  late: boolean;
  readonly working: Set<"filling" | "reloading">;
  /** After an event that this build does not know: when a snapshot was asked for last, and whether one will be. */
  unknownAt: number;
  waits: boolean;
  /** Of those that the local copy has. */
  events: number;
}

const page = 1_000;
const readAgainMs = 5_000;
const shortestPause = 1_000;
const longestPause = 15_000;
/** A newer server may write many events that this build does not know. */
const reloadEvery = 10_000;

export class Projects {
  private readonly all = new Map<Id, Open>();
  private readonly pausing = new Set<() => void>();

  constructor(
    private readonly me: Id,
    private readonly clock: Clock,
    private readonly copies: Copies,
    private readonly host: ProjectsHost,
  ) {}

  open(id: Id): Promise<ProjectStore> {
    const known = this.all.get(id);
    if (known && !known.gone) {
      known.users += 1;
      return known.store;
    }
    const users = (known?.users ?? 0) + 1;
    const isWanted = () => this.all.get(id) === made;
    const store = this.load(id, isWanted);
    const fresh = {
      loaded: null,
      gone: false,
      late: false,
      events: 0,
      unknownAt: Number.NEGATIVE_INFINITY,
      waits: false,
    };
    const made: Open = { ...fresh, users, store, working: new Set() };
    this.all.set(id, made);
    made.store.then(
      (store) => this.loaded(made, store),
      () => this.all.get(id) === made && this.all.delete(id),
    );
    return made.store;
  }

  release(id: Id): void {
    const known = this.all.get(id);
    if (!known || --known.users > 0) return;
    this.all.delete(id);
    this.host.needsChanged();
  }

  /** Whether one is not loaded yet. */
  areLoading(): boolean {
    return [...this.all.values()].some(({ loaded }) => loaded === null);
  }

  /** The server may answer now: what waits to ask again asks at once. */
  wake(): void {
    for (const go of [...this.pausing]) go();
  }

  /** Whether it is opened, and the server does not answer. */
  isLate(id: Id): boolean {
    return this.all.get(id)?.late ?? false;
  }

  get(id: Id): ProjectStore | null {
    return this.all.get(id)?.loaded ?? null;
  }

  *stores(): Generator<ProjectStore> {
    for (const { loaded, gone } of this.all.values()) if (loaded && !gone) yield loaded;
  }

  positions(): Record<Id, Position> {
    return Object.fromEntries([...this.stores()].map(({ id, epoch, version }) => [id, { epoch, version }]));
  }

  receive(id: Id, events: readonly ProjectEvent[]): void {
    const open = this.all.get(id);
    const store = open?.loaded;
    if (!open || !store) return;
    const before = store.version;
    try {
      if (store.receive(events) === "gap" && !open.waits) void this.fill(id);
    } catch {
      this.reloadForUnknown(id, open);
    }
    const applied = events.filter(({ version }) => version > before && version <= store.version);
    open.events += applied.length;
    if (applied.length > 0) this.host.moved(store, applied);
  }

  /** The server's log ends there. */
  head(id: Id, head: Position): void {
    const store = this.get(id);
    if (!store || this.all.get(id)?.waits) return;
    if (head.epoch !== store.epoch) void this.reload(id);
    else if (head.version > store.version) void this.fill(id);
  }

  /** Loads the snapshot: the position is void. */
  async reload(id: Id): Promise<void> {
    await this.work(id, "reloading", async (store) => {
      const snapshot = await this.host.get<Snapshot>(`projects/${id}/snapshot`);
      const same = snapshot.epoch === store.epoch;
      if (same && snapshot.version < store.version) return;
      store.replace(snapshot);
      if (!same) this.host.anotherEpoch(id);
      this.copies.save(snapshot, true);
      this.host.moved(store, []);
      this.host.needsChanged();
    });
  }

  /** Until then the project is behind, and seen to be. */
  private reloadForUnknown(id: Id, open: Open): void {
    if (open.waits) return;
    const wait = Math.max(0, open.unknownAt + reloadEvery - this.clock.now());
    open.waits = true;
    this.clock.after(wait, () => {
      open.waits = false;
      open.unknownAt = this.clock.now();
      if (this.all.get(id) === open) void this.reload(id);
    });
  }

  gone(id: Id): void {
    const open = this.all.get(id);
    this.copies.forget(id);
    if (!open || open.gone) return;
    open.gone = true;
    this.host.gone(id);
    this.host.needsChanged();
  }

  /** Where many events came since the snapshot that is kept, a newer one is kept. */
  compact(): void {
    for (const open of this.all.values()) {
      if (!open.loaded || open.events < mostEvents || open.loaded.lacksText()) continue;
      open.events = 0;
      this.copies.save(snapshotOf(open.loaded), false);
    }
  }

  private async load(id: Id, isWanted: () => boolean): Promise<ProjectStore> {
    const kept = await this.copies.read(id);
    if (kept) {
      try {
        const store = this.storeOf(kept.snapshot, kept.apart);
        store.receive(kept.events);
        // The board is drawn before the descriptions are read.
        this.clock.frame(() => void this.readTexts(store, kept));
        return store;
      } catch {
        // A newer build may have kept events that this one does not know.
      }
    }
    const snapshot = await this.ask(id, isWanted);
    this.copies.save(snapshot, true);
    return this.storeOf(snapshot);
  }

  /** Asks until there is an answer that stands, or nobody wants it any more. */
  private async ask(id: Id, isWanted: () => boolean): Promise<Snapshot> {
    for (let pause = shortestPause; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        const snapshot = await this.host.get<Snapshot>(`projects/${id}/snapshot`);
        this.setLate(id, false, isWanted);
        return snapshot;
      } catch (error) {
        if (!isTemporary(error) || !isWanted()) throw error;
        this.setLate(id, true, isWanted);
        const named = error instanceof ApiError ? error.retryAfter : null;
        // Not all pages ask in the same moment.
        await this.pause(named === null ? pause * (0.5 + this.host.random() / 2) : named * 1_000);
        if (!isWanted()) throw error;
      }
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      const go = () => {
        cancel();
        this.pausing.delete(go);
        done();
      };
      const cancel = this.clock.after(milliseconds, go);
      this.pausing.add(go);
    });
  }

  private setLate(id: Id, late: boolean, isWanted: () => boolean): void {
    const open = this.all.get(id);
    if (!open || !isWanted() || open.late === late) return;
    open.late = late;
    this.host.late(id);
  }

  private storeOf(snapshot: Snapshot, apart: readonly Id[] = []): ProjectStore {
    return new ProjectStore(this.me, snapshot, (flush) => this.clock.frame(flush), apart);
  }

  private async readTexts(store: ProjectStore, kept: Kept): Promise<void> {
    const { snapshot, apart } = kept;
    try {
      const parts = this.copies.texts(store.id, snapshot.version, apart.length);
      for await (const texts of parts) store.addTexts(texts);
    } catch {
      // Another tab replaced the copy, or the browser took it away.
      await this.reload(store.id);
      if (store.lacksText() && this.get(store.id) === store) {
        this.clock.after(readAgainMs, () => void this.readTexts(store, kept));
      }
    }
  }

  private loaded(open: Open, store: ProjectStore): void {
    if (this.all.get(store.id) !== open) return;
    open.loaded = store;
    // What was acknowledged before it was closed may be of another epoch by now.
    this.host.anotherEpoch(store.id);
    this.host.moved(store, []);
    this.host.needsChanged();
  }

  private async fill(id: Id): Promise<void> {
    let isVoid = false;
    await this.work(id, "filling", async (store) => {
      for (let more = true; more; ) {
        const { epoch, version } = store;
        const path = `projects/${id}/events?after=${version}&limit=${page}&epoch=${epoch}`;
        const answer = await this.host.get<{ events: ProjectEvent[]; more: boolean }>(path).catch((error: unknown) => {
          isVoid = error instanceof ApiError && error.problem.code === "resync";
          throw error;
        });
        this.copies.append(id, epoch, answer.events);
        this.receive(id, answer.events);
        more = answer.more && store.version > version;
      }
    });
    if (isVoid) await this.reload(id);
  }

  /** One thing at a time. What fails is done again with the next beat, which says where the log ends. */
  private async work(
    id: Id,
    what: "filling" | "reloading",
    run: (store: ProjectStore) => Promise<void>,
  ): Promise<void> {
    const open = this.all.get(id);
    if (!open?.loaded || open.gone || open.working.has(what)) return;
    open.working.add(what);
    try {
      await run(open.loaded);
    } catch (error) {
      if (isGone(error)) this.gone(id);
      else if (!isExpected(error)) throw error;
    } finally {
      open.working.delete(what);
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.problem.status === 404 || error.problem.status === 403);
}

/** The same question may have another answer in a while. */
function isTemporary(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof ApiError && error.isTemporary);
}

/** The server could not be asked, or said that it can't answer just now. */
function isExpected(error: unknown): boolean {
  return error instanceof ApiError || error instanceof SessionEnded || error instanceof NoAnswer;
}

function snapshotOf({ epoch, version, base }: ProjectStore): Snapshot {
  const { project } = base;
  return { epoch, version, project, members: base.members(), tasks: [...base.tasks()], dependencies: base.allEdges() };
}
