// Texts that somebody began and has not saved: by the field that they belong to. They are kept on the device and shown in all tabs.

import { useCallback, useSyncExternalStore } from "react";
import type { Id } from "./model";
import type { Draft as Kept, Left } from "./storage";
import { type Listener, Topics } from "./topics";

export interface Draft {
  readonly text: string;
  /** What the text was when the draft began, and the version of the task then. */
  readonly base: string;
  readonly version: number;
  readonly left?: Left;
}

/** A draft of a project that is closed to the person by now. */
export interface LeftDraft extends Left {
  readonly key: string;
  readonly text: string;
}

export interface DraftField {
  readonly draft: Draft | null;
  readonly write: (draft: Draft) => void;
  readonly discard: () => void;
}

/** Where the drafts of the signed-in person are kept. */
export interface DraftDevice {
  load(): Promise<Kept[]>;
  save(changed: ReadonlyMap<string, Kept | null>): Promise<void>;
  now(): number;
}

/** Where the draft of a field of a task is kept. */
export const draftKey = (task: Id, field: string): string => `${ofTask(task)}${field}`;

const ofTask = (task: Id): string => `task:${task}:`;

const keptFor = 30 * 24 * 60 * 60 * 1_000;
const saveAfter = 300;

export class Drafts {
  private readonly all = new Map<string, Draft>();
  private readonly changed = new Map<string, Kept | null>();
  private readonly topics = new Topics();
  private device: DraftDevice | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** Takes in what the device has, until what is answered is called: then nothing of this person stays in memory. */
  attach(device: DraftDevice): () => void {
    this.device = device;
    device.load().then(
      (kept) => this.device === device && this.load(kept, device),
      () => undefined,
    );
    return () => {
      if (this.device !== device) return;
      this.save();
      this.device = null;
      const keys = [...this.all.keys()];
      this.all.clear();
      for (const key of keys) this.tell(key);
    };
  }

  on(key: string, listener: Listener): () => void {
    return this.topics.on(key, listener);
  }

  /** Whether something of a task is begun and not saved. Who listens to the start of its keys hears of each. */
  hasSome(task: Id): boolean {
    const start = ofTask(task);
    for (const key of this.all.keys()) if (key.startsWith(start)) return true;
    return false;
  }

  /** The project of a task is closed to the person: what is begun of it is kept with the names that it had. */
  leave(task: Id, left: Left): void {
    const start = ofTask(task);
    for (const [key, draft] of this.all) if (key.startsWith(start) && !draft.left) this.write(key, { ...draft, left });
  }

  /** What was begun in a project that is closed to the person by now. `left` tells of each change. */
  leftOf(project: Id): LeftDraft[] {
    return [...this.all].flatMap(([key, { text, left }]) =>
      left?.project === project ? [{ ...left, key, text }] : [],
    );
  }

  get(key: string): Draft | null {
    return this.all.get(key) ?? null;
  }

  write(key: string, draft: Draft): void {
    this.all.set(key, draft);
    this.change(key, { ...draft, key, at: this.device?.now() ?? 0 });
  }

  discard(key: string): void {
    if (this.all.delete(key)) this.change(key, null);
  }

  /** Another tab changed it. */
  hear(key: string, draft: Draft | null): void {
    if (draft) this.all.set(key, draft);
    else this.all.delete(key);
    this.tell(key);
  }

  /** Writes what changed to the device, at most a few times a second while somebody types. */
  save(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.changed.size === 0 || !this.device) return;
    const changed = new Map(this.changed);
    this.changed.clear();
    void this.device.save(changed);
  }

  private load(kept: readonly Kept[], device: DraftDevice): void {
    for (const draft of kept) {
      if (device.now() - draft.at > keptFor) this.changed.set(draft.key, null);
      else if (!this.all.has(draft.key)) this.hear(draft.key, draft);
    }
    this.save();
  }

  private change(key: string, kept: Kept | null): void {
    this.tell(key);
    this.changed.set(key, kept);
    this.timer ??= setTimeout(() => this.save(), saveAfter);
  }

  private tell(key: string): void {
    this.topics.tell(key);
    this.topics.tell("left");
    const start = /^task:[^:]*:/.exec(key)?.[0];
    if (start !== undefined) this.topics.tell(start);
  }
}

export const drafts = new Drafts();

/** The draft of a field. It outlives the field, and is the same wherever the field is shown. */
export function useDraft(key: string): DraftField {
  const subscribe = useCallback((listener: Listener) => drafts.on(key, listener), [key]);
  const draft = useSyncExternalStore(subscribe, () => drafts.get(key));
  const write = useCallback((next: Draft) => drafts.write(key, next), [key]);
  const discard = useCallback(() => drafts.discard(key), [key]);
  return { draft, write, discard };
}

/** Whether the task has a draft, in whichever of its fields. */
export function useHasDraft(task: Id): boolean {
  const subscribe = useCallback((listener: Listener) => drafts.on(ofTask(task), listener), [task]);
  return useSyncExternalStore(subscribe, () => drafts.hasSome(task));
}
