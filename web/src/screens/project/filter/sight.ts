// What is in sight under a filter: what passes it, what one changed oneself a moment ago, and what one made here.

import type { Id } from "../../../sync/model";
import type { ProjectStore } from "../../../sync/store";
import type { Listener } from "../../../sync/topics";
import type { Names } from "../../../words/searched";
import { type Filter, isEmpty, matches } from "./filter";

/** Why a task is in sight that does not pass: by one's own edit, until one looks elsewhere, or made here, until the filter changes. */
export type Staying = "edited" | "made";

export class Sight {
  private readonly made = new Set<Id>();
  private readonly edited = new Set<Id>();
  /** What passed, so that an edit brings nothing into sight that was not there. */
  private readonly passed = new Set<Id>();
  private noted: ReadonlySet<Id> = new Set();
  private readonly listeners = new Set<Listener>();
  private turns = 0;
  people: Names = { person: () => undefined };
  readonly isWhole: boolean;

  constructor(
    readonly filter: Filter,
    readonly me: Id,
  ) {
    this.isWhole = isEmpty(filter);
  }

  on = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Another number whenever tasks went out of sight or came into it without being changed. */
  turn = (): number => this.turns;

  /** The ids of a column that are in sight, in order. */
  column(store: ProjectStore, status: string): readonly Id[] {
    const all = store.column(status);
    if (this.isWhole) return all;
    this.note(store);
    return all.filter((id) => this.passes(store, id) || this.reason(id) !== null);
  }

  /** How many of a column pass. What merely stays in sight does not count. */
  passing(store: ProjectStore, status: string): number {
    const all = store.column(status);
    return this.isWhole ? all.length : all.reduce((count, id) => count + Number(this.passes(store, id)), 0);
  }

  shows(store: ProjectStore, id: Id): boolean {
    this.note(store);
    return this.passes(store, id) || this.reason(id) !== null;
  }

  staying(store: ProjectStore, id: Id): Staying | null {
    if (this.isWhole) return null;
    this.note(store);
    return this.passes(store, id) ? null : this.reason(id);
  }

  make(ids: readonly Id[]): void {
    for (const id of ids) this.made.add(id);
  }

  /** One looks at the task `id` now, or at none: what was changed elsewhere goes out of sight. */
  elsewhere(id: Id | null): void {
    const left = [...this.edited].filter((one) => one !== id);
    if (left.length === 0) return;
    for (const one of left) this.edited.delete(one);
    this.turned();
  }

  /** People are called so from now on. */
  know(people: Names): void {
    if (people === this.people) return;
    this.people = people;
    if (!this.isWhole) this.turned();
  }

  private turned(): void {
    this.turns += 1;
    for (const listener of [...this.listeners]) listener();
  }

  private passes(store: ProjectStore, id: Id): boolean {
    const task = store.task(id);
    if (!task || !matches(this.filter, task, store.view.project, this)) return false;
    this.passed.add(id);
    return true;
  }

  private reason(id: Id): Staying | null {
    if (this.made.has(id)) return "made";
    return this.edited.has(id) && this.passed.has(id) ? "edited" : null;
  }

  /** Takes in what was given since the last look. A command shows while it is pending, so none is missed. */
  private note({ pending }: ProjectStore): void {
    const now = new Set(pending.map(({ command }) => command.command_id));
    for (const { command } of pending) {
      if (!this.noted.has(command.command_id) && "task" in command) this.edited.add(command.task);
    }
    this.noted = now;
  }
}
