// One project as the page shows it: what the server confirmed, and on top of it what this browser has pending. React reads it
// by topics: `task:<id>`, `column:<status>`, `project` (the project itself and its members), `tasks` (any task), `pending`, `changed`
// (anything).

import { Board } from "./board";
import { Family } from "./family";
import { apply } from "./fold/apply";
import { Forecast, type Pending } from "./forecast";
import { MissingTexts } from "./missing-texts";
import type { Id, Member, ProjectEvent, Snapshot, Task } from "./model";
import { Tables, type Touched } from "./tables";
import { type Listener, Topics } from "./topics";

export type Received = "applied" | "gap";

export class ProjectStore {
  readonly id: Id;
  epoch: string;
  version: number;
  /** Another number whenever a task may be shown otherwise. */
  turn = 0;
  private confirmed: Tables;
  private readonly forecast: Forecast;
  private pendingList: readonly Pending[] = [];
  private readonly board = new Board();
  private readonly family = new Family();
  /** Whose subtasks came or left since listeners were told. */
  private readonly parents = new Set<Id>();
  /** Which are others since listeners were told. */
  private readonly columns = new Set<string>();
  private readonly missing: MissingTexts;
  private readonly topics = new Topics();
  private readonly eventListeners = new Set<(event: ProjectEvent) => void>();
  private memberList: readonly Member[] | null = null;
  private scheduled = false;

  constructor(
    me: Id,
    snapshot: Snapshot,
    private readonly schedule: (flush: () => void) => void,
    /** The tasks whose descriptions are not in the snapshot: `addTexts` brings them. */
    apart: readonly Id[] = [],
  ) {
    this.missing = new MissingTexts(apart);
    this.id = snapshot.project.id;
    this.epoch = snapshot.epoch;
    this.version = snapshot.version;
    this.confirmed = Tables.of(snapshot);
    this.forecast = new Forecast(this.confirmed, {
      actor: me,
      order: this.board,
      family: this.family,
      place: (ids, tables) => this.place(ids, tables),
    });
    this.place(
      [...this.confirmed.tasks()].map((task) => task.id),
      this.confirmed,
    );
  }

  /** The project as it is shown: confirmed and pending together. */
  get view(): Tables {
    return this.forecast.view;
  }

  /** The project as the server said it: what is kept in the local copy, and what the digest is made of. */
  get base(): Tables {
    return this.confirmed;
  }

  get pending(): readonly Pending[] {
    return this.pendingList;
  }

  task(id: Id): Task | undefined {
    return this.view.task(id);
  }

  /** Whether the description of a task, or of any one, is still to be read from the local copy. */
  lacksText(id?: Id): boolean {
    return id === undefined ? !this.missing.none : this.missing.has(id);
  }

  addTexts(texts: readonly (readonly [task: Id, description: string])[]): void {
    for (const [id, description] of texts) {
      const task = this.confirmed.task(id);
      if (this.missing.found(id) && task) this.confirmed.setTask({ ...task, description });
    }
    this.forecast.disturbed();
    this.change();
  }

  column(status: string): readonly Id[] {
    return this.board.column(status);
  }

  /** The subtasks of a task. */
  children(id: Id): ReadonlySet<Id> {
    return this.family.children(id);
  }

  members(): readonly Member[] {
    this.memberList ??= this.view.members();
    return this.memberList;
  }

  on(topic: string, listener: Listener): () => void {
    return this.topics.on(topic, listener);
  }

  /** Hears each event once it is in. What the store does not hold, as comments, is kept up by it. */
  onEvent(listener: (event: ProjectEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  /**
   * Takes events in. Old ones are dropped; `gap`: one is missing, and what follows it was not applied. Throws at an event of
   * a type that this build does not know: then a snapshot has to be loaded.
   */
  receive(events: readonly ProjectEvent[]): Received {
    try {
      return this.applyAll(events);
    } finally {
      this.change();
    }
  }

  private applyAll(events: readonly ProjectEvent[]): Received {
    for (const event of events) {
      if (event.version <= this.version) continue;
      if (event.version > this.version + 1) {
        return "gap";
      }
      // Only what was applied counts: after an event that this build does not know the project is still behind, and seen to be.
      apply(this.confirmed, event);
      this.missing.applied(event);
      this.forecast.arrived(event);
      this.version = event.version;
      for (const listener of [...this.eventListeners]) listener(event);
    }
    return "applied";
  }

  /** Begins anew from a snapshot, with the same pending commands. */
  replace(snapshot: Snapshot): void {
    const known = [...this.confirmed.tasks(), ...snapshot.tasks].map((task) => task.id);
    const tasks = new Set([...this.confirmed.takeTouched().tasks, ...known]);
    this.confirmed = Tables.of(snapshot);
    this.forecast.replaced(this.confirmed);
    this.missing.forgetAll();
    this.epoch = snapshot.epoch;
    this.version = snapshot.version;
    this.show({ tasks, around: true });
    this.topics.tell("replaced");
  }

  /**
   * What is under way or waits, in the order in which it was given. What is given shows at once; what was answered, with the
   * next frame.
   */
  setPending(pending: readonly Pending[]): void {
    if (pending.length === 0 && this.pendingList.length === 0) return;
    const last = pending.at(-1)?.command.command_id;
    const isGiven = last !== undefined && !this.pendingList.some(({ command }) => command.command_id === last);
    this.pendingList = pending;
    if (isGiven) this.flush();
    else this.change();
    this.topics.tell("pending");
  }

  /** Shows what changed, at most once a frame. */
  private change(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => this.flush());
  }

  flush(): void {
    this.scheduled = false;
    this.show(this.confirmed.takeTouched());
  }

  private show(changed: Touched): void {
    const { tasks, around } = this.forecast.update(this.pendingList, changed);
    this.tell(tasks, around);
  }

  private place(ids: Iterable<Id>, tables: Tables): void {
    const changed = [...ids].map((id) => [id, tables.task(id)] as const);
    for (const [id, task] of changed) {
      for (const parent of this.family.update(id, task)) this.parents.add(parent);
    }
    for (const status of this.board.update(changed)) this.columns.add(status);
  }

  private tell(tasks: ReadonlySet<Id>, around: boolean): void {
    if (around) {
      this.memberList = null;
      this.topics.tell("project");
    }
    for (const id of this.concerned(tasks)) this.topics.tell(`task:${id}`);
    const columns = [...this.columns];
    this.columns.clear();
    for (const status of columns) this.topics.tell(`column:${status}`);
    if (tasks.size > 0) {
      this.turn += 1;
      this.topics.tell("tasks");
    }
    this.topics.tell("changed");
  }

  /** Changed tasks, those above them, and those that wait for them: their cards show it. */
  private concerned(tasks: ReadonlySet<Id>): Set<Id> {
    const all = new Set([...tasks, ...this.parents]);
    this.parents.clear();
    for (const id of tasks) {
      const parent = this.family.parent(id);
      if (parent !== undefined) all.add(parent);
      for (const edge of this.view.edges(id)) all.add(edge.task);
    }
    return all;
  }
}
