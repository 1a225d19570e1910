// The commands of one person that are not acknowledged yet, in the order in which they were given: one queue for all tabs. Each
// tab has all of it in memory, and it is kept on the device, so it survives a reload. The leading tab sends it (sender.ts).

import { Acknowledged } from "./acknowledged";
import type { Environment } from "./environment";
import { Gone } from "./gone";
import type { Message, Settled } from "./messages";
import type { Command, Id, Problem } from "./model";
import { bytesOf, fullProblem, inOrder, mostKept, mostKeptBytes, type Outcome, type Room, roomBeside } from "./outbox";
import { again, Refusals } from "./refusals";
import type { Change, Entry, Refused, Storage } from "./storage";

export interface QueueHost {
  post(message: Message): void;
  /** What is pending in these projects is different now. */
  changed(projects: ReadonlySet<Id>): void;
  /** There is something to send. */
  queued(): void;
  /** Where the project stands in this tab, `null` when it is not open. */
  version(project: Id): number | null;
}

/** A command that was given, and is not on the device yet. */
const unwritten = Number.POSITIVE_INFINITY;
/** Between two numbers of the device there is room for commands that could not be kept. */
const step = 1 / 65_536;

/** The first ones are enough, because what is settled is settled in order. */
const mostReminded = 20;

export class Queue {
  private entries: Entry[] = [];
  private bytes = 0;
  /** Sent at least once, or perhaps: what became of them only the server knows. */
  private readonly tried = new Set<Id>();
  /** Seen as events, though their answers are not here yet. */
  private readonly confirmed = new Set<Id>();
  private readonly acknowledged = new Acknowledged();
  /** What became of commands that left the queue, for tabs that did not hear of it. */
  private readonly gone = new Gone();
  private readonly waiting = new Map<Id, (outcome: Outcome) => void>();
  /** Resolves when what was given last is on the device, and other tabs know of it. */
  private written: Promise<void> = Promise.resolve();
  private persisted = false;
  private lost = false;
  readonly refusals: Refusals;

  constructor(
    private readonly environment: Environment,
    private readonly storage: Promise<Storage>,
    private readonly host: QueueHost,
  ) {
    this.refusals = new Refusals(() => this.host.changed(new Set()));
  }

  /** Takes in what the device has: at the start, and when this tab begins to lead. */
  async load(): Promise<void> {
    const storage = await this.storage;
    const [entries, refused] = await Promise.all([storage.all("queue"), storage.all("refused")]);
    const known = new Set(this.entries.map((entry) => entry.command.command_id));
    for (const { command } of entries) if (!known.has(command.command_id)) this.tried.add(command.command_id);
    this.refusals.add(refused);
    this.insert(entries);
    // A device that was full may still have what another tab knows to be settled.
    this.handOver();
  }

  state(): { kept: number; refused: number; notKept: boolean; room: Room } {
    const room = roomBeside(this.entries.length, this.bytes);
    return { kept: this.entries.length, refused: this.refusals.list().length, notKept: this.lost, room };
  }

  /** Nothing is kept on this device from here on. */
  notKept(): void {
    this.lost = true;
    this.host.changed(new Set());
  }

  submit(project: Id, commands: readonly Command[], group = this.environment.newId()): Promise<Outcome[]> {
    const entries = commands.map((command) => this.entryOf(project, command, group));
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    if (this.entries.length + entries.length > mostKept || this.bytes + bytes > mostKeptBytes) {
      return Promise.resolve(entries.map(() => ({ kind: "refused", problem: fullProblem })));
    }
    const outcomes = entries.map(
      ({ command }) => new Promise<Outcome>((settle) => this.waiting.set(command.command_id, settle)),
    );
    this.insert(entries);
    this.written = this.keep(entries, []);
    return Promise.all(outcomes);
  }

  /** What is shown on top of version `version` of a project, in order. */
  pending(project: Id, version: number): Entry[] {
    const kept = this.of(project).filter(({ command }) => !this.confirmed.has(command.command_id));
    return [...this.acknowledged.above(project, version), ...kept];
  }

  of(project: Id): Entry[] {
    return this.entries.filter((entry) => entry.project === project);
  }

  /** The projects with something to send. */
  projects(): Set<Id> {
    return new Set(this.entries.map((entry) => entry.project));
  }

  /** What can be sent of a project. */
  sendable(project: Id): Entry[] {
    return this.of(project).filter((entry) => entry.number !== unwritten);
  }

  has(command: Id): boolean {
    return this.entries.some((entry) => entry.command.command_id === command);
  }

  wasTried(command: Id): boolean {
    return this.tried.has(command);
  }

  /** The events of these commands are here. */
  confirm(commands: Iterable<Id>): void {
    for (const command of commands) if (this.has(command)) this.confirmed.add(command);
  }

  /** Another epoch: what was confirmed may not have happened. */
  unconfirm(project: Id): void {
    for (const { command } of this.of(project)) this.confirmed.delete(command.command_id);
    this.acknowledged.forget(project);
  }

  /** The leader is about to send these. */
  try(entries: readonly Entry[]): void {
    const commands = entries.map((entry) => entry.command.command_id);
    for (const command of commands) this.tried.add(command);
    this.host.post({ type: "tried", commands });
  }

  /** The leader knows what became of these. `also` is written with it, or not at all. */
  async settle(settled: readonly Settled[], also: readonly Change[] = []): Promise<void> {
    const changes = settled.flatMap(({ command, refused }) => this.settling(command, refused));
    const storage = await this.storage;
    try {
      await storage.write([...changes, ...also]).catch(() => storage.write(changes));
    } catch {
      // What stays on the device is sent again after a reload, and answered alike.
      this.notKept();
    }
    this.takeSettled(settled);
    this.host.post({ type: "settled", settled });
  }

  /** The project is closed to this person. Nothing is dropped: what waits stays readable. */
  close(project: Id, problem: Problem): Promise<void> {
    const closed = this.of(project).map((entry): Settled => {
      const refused = { ...entry, problem, textOnly: true };
      return { command: entry.command.command_id, outcome: { kind: "refused", problem }, refused };
    });
    return this.settle(closed);
  }

  /** Takes back what was certainly never sent. Only the leader knows that. */
  async withdraw(commands: readonly Id[]): Promise<void> {
    const never = commands.filter((command) => this.has(command) && !this.tried.has(command));
    await this.settle(never.map((command) => ({ command, outcome: { kind: "done", version: 0, event: null } })));
  }

  /** The commands of one doing that still wait, when every tab knows of them. */
  async group(group: Id): Promise<Id[]> {
    await this.written;
    return this.entries.filter((entry) => entry.group === group).map((entry) => entry.command.command_id);
  }

  /** Sends something refused again, and what stood under it. */
  async retry(number: number): Promise<void> {
    const all = this.refusals.family(number);
    const entries = all.map(({ problem, textOnly: _, ...entry }) => ({
      ...entry,
      number: unwritten,
      command: again(entry.command, problem),
    }));
    const removed = all.map((one) => one.number);
    this.refusals.remove(removed);
    this.host.post({ type: "refused", removed });
    this.insert(entries);
    await this.keep(
      entries,
      removed.map((key) => ({ remove: "refused", key })),
    );
  }

  async discard(number: number): Promise<void> {
    this.refusals.remove([number]);
    this.host.post({ type: "refused", removed: [number] });
    await this.write([{ remove: "refused", key: number }]);
  }

  /** Another tab leads from here on. What it can't find on the device it has to hear of. */
  handOver(): void {
    const entries = this.entries.filter((entry) => entry.number !== unwritten);
    if (entries.length > 0) this.host.post({ type: "queued", entries });
  }

  /** The leading tab may have settled what this one still shows, if either of them missed a message: so it is asked. */
  remind(): void {
    const entries = this.entries.filter((entry) => entry.number !== unwritten).slice(0, mostReminded);
    if (entries.length > 0) this.host.post({ type: "queued", entries });
  }

  /** What another tab says. */
  take(message: Message): void {
    if (message.type === "queued") this.takeQueued(message.entries);
    else if (message.type === "tried") for (const command of message.commands) this.tried.add(command);
    else if (message.type === "settled") this.takeSettled(message.settled);
    else if (message.type === "refused") this.refusals.remove(message.removed);
  }

  private takeQueued(entries: readonly Entry[]): void {
    const settled = entries.flatMap(({ command }) => this.gone.of(command.command_id) ?? []);
    if (settled.length > 0) this.host.post({ type: "settled", settled });
    this.insert(entries);
  }

  private entryOf(project: Id, command: Command, group: Id): Entry {
    const named = { ...command, command_id: this.environment.newId() };
    const at = new Date(this.environment.clock.now()).toISOString();
    return { number: unwritten, project, command: named, at, group, bytes: bytesOf(named) };
  }

  private async keep(entries: readonly Entry[], also: readonly Change[]): Promise<void> {
    if (!this.persisted) this.environment.persist();
    this.persisted = true;
    const numbers = await this.write([...also, ...entries.map(({ number: _, ...append }) => ({ append }))]);
    const numbered = entries.map((entry, index) => ({ ...entry, number: numbers?.[index] ?? this.next(index) }));
    const byId = new Map(numbered.map((entry) => [entry.command.command_id, entry]));
    this.entries = inOrder(this.entries.map((entry) => byId.get(entry.command.command_id) ?? entry));
    this.host.post({ type: "queued", entries: numbered });
    this.host.queued();
  }

  private async write(changes: readonly Change[]): Promise<number[] | null> {
    try {
      return await (await this.storage).write(changes);
    } catch {
      this.notKept();
      return null;
    }
  }

  private next(index: number): number {
    const numbers = this.entries.map((entry) => entry.number).filter((number) => number !== unwritten);
    return Math.max(0, ...numbers) + step * (index + this.environment.random());
  }

  private insert(entries: readonly Entry[]): void {
    const known = new Set(this.entries.map((entry) => entry.command.command_id));
    const fresh = entries.filter(({ command: { command_id } }) => !known.has(command_id) && !this.gone.has(command_id));
    if (fresh.length === 0) return;
    this.entries = inOrder([...this.entries, ...fresh]);
    this.bytes += fresh.reduce((sum, entry) => sum + entry.bytes, 0);
    this.host.changed(new Set(fresh.map((entry) => entry.project)));
    this.host.queued();
  }

  private settling(command: Id, refused: Refused | undefined): Change[] {
    const entry = this.entries.find((one) => one.command.command_id === command);
    const removed: Change[] = entry ? [{ remove: "queue", key: entry.number }] : [];
    return refused ? [...removed, { put: "refused", value: refused }] : removed;
  }

  private takeSettled(settled: readonly Settled[]): void {
    const outcomes = new Map(settled.map((one) => [one.command, one]));
    const leaving = this.entries.filter((entry) => outcomes.has(entry.command.command_id));
    this.entries = this.entries.filter((entry) => !outcomes.has(entry.command.command_id));
    for (const entry of leaving) {
      this.bytes -= entry.bytes;
      const outcome = outcomes.get(entry.command.command_id)?.outcome;
      if (outcome?.kind === "done") this.acknowledge(entry, outcome.version);
    }
    this.refusals.add(settled.flatMap((one) => one.refused ?? []));
    for (const one of settled) {
      const { command } = one;
      this.gone.remember(one);
      this.tried.delete(command);
      this.confirmed.delete(command);
    }
    this.host.changed(new Set(leaving.map((entry) => entry.project)));
    for (const { command, outcome } of settled) {
      this.waiting.get(command)?.(outcome);
      this.waiting.delete(command);
    }
  }

  private acknowledge(entry: Entry, version: number): void {
    const here = this.host.version(entry.project);
    if (here !== null && here < version) this.acknowledged.add(entry, version);
  }
}
