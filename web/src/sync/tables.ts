// A project's state in memory, and an overlay of the same form on top of it: what is pending is written into an overlay, so
// taking it away again costs nothing.

import type { Dependency, Id, Member, Project, Role, Snapshot, Task } from "./model";

const none: readonly Dependency[] = [];

/** What was written: tasks by id, and whether the project or its members were. */
export interface Touched {
  readonly tasks: ReadonlySet<Id>;
  readonly around: boolean;
}

export class Tables {
  /** What was written since `takeTouched`: ids of tasks. */
  private touchedTasks = new Set<Id>();
  private touchedAround = false;
  private ownProject: Project | null = null;
  private readonly ownMembers = new Map<Id, Role | null>();
  private readonly ownTasks = new Map<Id, Task | null>();
  /** For each task the edges that touch it, on either end. */
  private readonly ownEdges = new Map<Id, readonly Dependency[]>();

  constructor(private readonly base: Tables | null = null) {}

  static of(snapshot: Omit<Snapshot, "epoch" | "version">): Tables {
    const tables = new Tables();
    tables.project = snapshot.project;
    for (const { user, role } of snapshot.members) tables.setMember(user, role);
    for (const task of snapshot.tasks) tables.setTask(task);
    for (const edge of snapshot.dependencies) tables.addEdge(edge);
    tables.takeTouched();
    return tables;
  }

  get project(): Project {
    const project = this.ownProject ?? this.base?.project;
    if (!project) throw new Error("no project was set");
    return project;
  }

  set project(project: Project) {
    this.ownProject = project;
    this.touchedAround = true;
  }

  role(user: Id): Role | undefined {
    const own = this.ownMembers.get(user);
    return own === undefined ? this.base?.role(user) : (own ?? undefined);
  }

  setMember(user: Id, role: Role): void {
    this.ownMembers.set(user, role);
    this.touchedAround = true;
  }

  removeMember(user: Id): void {
    this.ownMembers.set(user, null);
    this.touchedAround = true;
  }

  /** The members, by id. */
  members(): Member[] {
    const all = new Map(this.base?.members().map((member) => [member.user, member.role]));
    for (const [user, role] of this.ownMembers) {
      if (role === null) all.delete(user);
      else all.set(user, role);
    }
    return [...all].map(([user, role]) => ({ user, role })).sort((a, b) => compare(a.user, b.user));
  }

  task(id: Id): Task | undefined {
    const own = this.ownTasks.get(id);
    return own === undefined ? this.base?.task(id) : (own ?? undefined);
  }

  setTask(task: Task): void {
    this.ownTasks.set(task.id, task);
    this.touchedTasks.add(task.id);
  }

  removeTask(id: Id): void {
    this.ownTasks.set(id, null);
    this.touchedTasks.add(id);
  }

  *tasks(): Generator<Task> {
    for (const task of this.base?.tasks() ?? []) {
      if (!this.ownTasks.has(task.id)) yield task;
    }
    for (const task of this.ownTasks.values()) if (task) yield task;
  }

  /** The edges that touch a task, on either end. */
  edges(task: Id): readonly Dependency[] {
    return this.ownEdges.get(task) ?? this.base?.edges(task) ?? none;
  }

  addEdge(edge: Dependency): void {
    if (this.edges(edge.task).some((other) => same(other, edge))) return;
    this.setEdges(edge.task, [...this.edges(edge.task), edge]);
    this.setEdges(edge.on, [...this.edges(edge.on), edge]);
  }

  removeEdge(edge: Dependency): void {
    for (const end of [edge.task, edge.on]) {
      this.setEdges(
        end,
        this.edges(end).filter((other) => !same(other, edge)),
      );
    }
  }

  private setEdges(task: Id, edges: readonly Dependency[]): void {
    this.ownEdges.set(task, edges);
    this.touchedTasks.add(task);
  }

  /** Every edge once, by task, on and kind. */
  allEdges(): Dependency[] {
    const all: Dependency[] = [];
    for (const task of this.tasks()) all.push(...this.edges(task.id).filter((edge) => edge.task === task.id));
    return all.sort((a, b) => compare(a.task, b.task) || compare(a.on, b.on) || compare(a.kind, b.kind));
  }

  /** Whether a task is written here, and not taken away. */
  hasOwnTask(id: Id): boolean {
    return (this.ownTasks.get(id) ?? null) !== null;
  }

  /** What is written here of a task and its edges is forgotten: what is below shows. */
  dropOwn(id: Id): void {
    this.ownTasks.delete(id);
    this.ownEdges.delete(id);
  }

  /** What was written since the last call. */
  takeTouched(): Touched {
    const touched = { tasks: this.touchedTasks, around: this.touchedAround };
    this.touchedTasks = new Set();
    this.touchedAround = false;
    return touched;
  }
}

function same(a: Dependency, b: Dependency): boolean {
  return a.task === b.task && a.on === b.on && a.kind === b.kind;
}

/** Order by code units: that of ids, keys and ranks on the server. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
