// A server in memory: a log of events, and decisions by the ids of commands.

import { Board } from "../board";
import type { Answer, Position } from "../environment";
import { Family } from "../family";
import { apply, begin } from "../fold/apply";
import { canonical } from "../fold/canonical";
import { predict } from "../fold/predict";
import type { Command, Id, ProjectEvent, Snapshot } from "../model";
import type { Result } from "../outbox";
import type { Tables } from "../tables";

export const projectId = "018f9c1e-0000-7000-8000-000000000001";
export const me = "018f9c1e-0000-7000-8000-00000000000a";
export const other = "018f9c1e-0000-7000-8000-00000000000b";

type Sent = Command & { readonly command_id: Id };

export class Server {
  epoch = "epoch00001";
  closed = false;
  /** So many of the next questions it can't answer just now. */
  busy = 0;
  log: ProjectEvent[] = [];
  /** The versions that were asked to be undone. This server does no more about it. */
  readonly undone: number[] = [];
  private decisions = new Map<Id, Result>();
  private tables: Tables;
  private board = new Board();
  private family = new Family();
  private numbers = 0;
  private readonly watchers = new Set<() => void>();

  constructor(private readonly now: () => number) {
    this.log.push(first);
    this.tables = begin(first);
    this.commit(other, { type: "member.added", data: { user: other, role: "owner" } }, "c-other");
  }

  get version(): number {
    return this.log.length;
  }

  get head(): Position {
    return { epoch: this.epoch, version: this.version };
  }

  /** Tells of every change of the log, and of who may see it. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  taskIds(): Id[] {
    return [...this.tables.tasks()].map((task) => task.id);
  }

  submit(user: Id, commands: readonly Sent[]): Answer {
    if (this.closed && user === me) return refused(404, "not_found");
    const results = commands.map((command) => this.decide(user, command));
    this.tell();
    return { status: 200, body: { version: this.version, results }, retryAfter: null };
  }

  get(path: string): Answer {
    if (this.busy > 0) {
      this.busy -= 1;
      return refused(503, "unavailable");
    }
    if (this.closed) return refused(404, "not_found");
    if (path.endsWith("/snapshot")) return { status: 200, body: this.snapshot(), retryAfter: null };
    const query = new URLSearchParams(path.split("?")[1]);
    const after = Number(query.get("after"));
    if (query.get("epoch") !== this.epoch || after > this.version) return refused(409, "resync");
    const events = this.log.slice(after, after + 10);
    return { status: 200, body: { events, more: after + 10 < this.version }, retryAfter: null };
  }

  /** Another epoch, perhaps without the newest events: a restored server. */
  restore(epoch: string, lost: number): void {
    this.epoch = epoch;
    this.log = this.log.slice(0, Math.max(2, this.log.length - lost));
    const kept = new Set(this.log.map((event) => event.command_id));
    this.decisions = new Map([...this.decisions].filter(([id]) => kept.has(id)));
    this.tables = begin(first);
    for (const event of this.log.slice(1)) apply(this.tables, event);
    this.board = new Board();
    this.family = new Family();
    this.place(new Set(this.taskIds()));
    this.tell();
  }

  /** An event of a newer build, which says nothing to this one. */
  writeUnknown(): void {
    const at = new Date(this.now()).toISOString();
    const version = this.version + 1;
    const command_id = `c-unknown-${version}`;
    this.log.push({ project: projectId, version, type: "task.painted", data: {}, at, actor: other, command_id });
    this.tell();
  }

  setClosed(closed: boolean): void {
    this.closed = closed;
    this.tell();
  }

  /** What the digest is made of. */
  state(): string {
    return stateOf(this.tables);
  }

  private snapshot(): Snapshot {
    return { ...this.head, ...partsOf(this.tables) };
  }

  private decide(user: Id, command: Sent): Result {
    const known = this.decisions.get(command.command_id);
    if (known) return known;
    const result = this.judge(user, command);
    this.decisions.set(command.command_id, result);
    return result;
  }

  private judge(user: Id, command: Sent): Result {
    if (command.type === "event.undo") this.undone.push(command.version);
    const now = new Date(this.now()).toISOString();
    const context = { actor: user, now, order: this.board, family: this.family };
    const predicted = command.type === "label.archive" ? null : predict(this.tables, command, context);
    if (command.type === "label.archive") return { problem: problem(422, "label_not_found") };
    if (predicted === null) return { version: this.version, event: null };
    if ("refused" in predicted) return { problem: problem(422, "refused") };
    const event = this.commit(user, predicted, command.command_id);
    return { version: event.version, event };
  }

  private commit(actor: Id, { type, data }: Pick<ProjectEvent, "type" | "data">, command_id: Id): ProjectEvent {
    const at = new Date(this.now()).toISOString();
    const numbered = type === "task.created" ? { task: { ...data.task, number: ++this.numbers } } : data;
    const event = { project: projectId, version: this.version + 1, type, data: numbered, at, actor, command_id };
    apply(this.tables, event);
    this.log.push(event);
    this.place(this.tables.takeTouched().tasks);
    return event;
  }

  private place(ids: ReadonlySet<Id>): void {
    const changed = [...ids].map((id) => [id, this.tables.task(id)] as const);
    for (const [id, task] of changed) this.family.update(id, task);
    this.board.update(changed);
  }

  private tell(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

export function stateOf(tables: Tables): string {
  return canonical(partsOf(tables));
}

function partsOf(tables: Tables): Omit<Snapshot, "epoch" | "version"> {
  const tasks = [...tables.tasks()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { project: tables.project, members: tables.members(), tasks, dependencies: tables.allEdges() };
}

function problem(status: number, code: string): { code: string; detail: string; status: number } {
  return { code, detail: code, status };
}

export function refused(status: number, code: string): Answer {
  return { status, body: problem(status, code), retryAfter: null };
}

const first: ProjectEvent = {
  project: projectId,
  version: 1,
  type: "project.created",
  at: "2026-11-03T00:00:00.000Z",
  actor: me,
  command_id: "c-first",
  data: {
    key: "SHOP",
    name: "Shop",
    description: "",
    blocked_gate: "finish",
    owner: me,
    workflow: {
      statuses: [
        { key: "todo", name: "Todo", category: "open" },
        { key: "done", name: "Done", category: "done" },
      ],
    },
  },
};
