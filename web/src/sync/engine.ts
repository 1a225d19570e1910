// What keeps projects in step with the server: the local copy, the events, and the commands under way. One for each signed-in
// person and tab. The tabs of a browser share one connection and one queue: one of them leads (tabs.ts).

import { get } from "./answers";
import { browser } from "./browser";
import { Copies, eventRows } from "./copy";
import { drafts } from "./drafts";
import type { Environment, Position, SessionNow } from "./environment";
import { Freshness } from "./freshness";
import { Lead } from "./lead";
import type { Live } from "./live";
import { MemoryStorage } from "./memory";
import type { Beat, Message, OwnNeeds, Settled } from "./messages";
import type { Command, Id, ProjectEvent } from "./model";
import type { Outcome, Room } from "./outbox";
import { type Presence, Presences } from "./presence";
import { Projects } from "./projects";
import { Queue } from "./queue";
import type { RefusedTree } from "./refusals";
import { Sender } from "./sender";
import type { Change, Draft as KeptDraft, Storage } from "./storage";
import type { ProjectStore } from "./store";
import { Tabs } from "./tabs";
import { Topics } from "./topics";
import { Undo, type Undone } from "./undo";

export { goneError } from "./answers";
export type { Live } from "./live";

export interface EngineState {
  readonly live: Live;
  /** Commands that the server has not acknowledged yet. */
  readonly kept: number;
  readonly refused: number;
  /** What is unsent goes with this page: the device keeps nothing. */
  readonly notKept: boolean;
  readonly room: Room;
}

const tickEvery = 500;

export class Engine {
  private readonly topics = new Topics();
  private readonly storage: Promise<Storage>;
  private readonly queue: Queue;
  private readonly sender: Sender;
  private readonly undoing: Undo;
  private readonly copies: Copies;
  private readonly projects: Projects;
  private readonly tabs: Tabs;
  private readonly freshness: Freshness;
  private readonly present = new Presences();
  private readonly stopSession: () => void;
  private readonly stopDrafts: () => void;
  private stopTick: () => void = () => undefined;
  /** The connection, while this tab leads. */
  private leading: Lead | null = null;
  /** The tab that was last heard to lead. */
  private leader: Id | null = null;
  private signedOut = false;
  /** The state that listeners were told of last. */
  private told: EngineState | null = null;

  constructor(
    private readonly me: Id,
    private readonly environment: Environment = browser(),
  ) {
    const { clock } = environment;
    this.storage = environment.storage(me).catch(() => this.inMemory());
    this.queue = new Queue(environment, this.storage, {
      post: (message) => this.tabs.post(message),
      changed: (projects) => this.showPending(projects),
      queued: () => this.leading && this.sender.start(),
      version: (project) => this.projects.get(project)?.version ?? null,
    });
    this.sender = new Sender(environment, this.queue, {
      mayLead: () => this.tabs.mayLead(),
      answered: (project, settled, events) => this.answered(project, settled, events),
      sessionEnded: () => this.leading?.line.sessionEnded(true),
    });
    this.undoing = new Undo({
      submit: (project, commands, group) => this.queue.submit(project, commands, group),
      withdraw: (group) => void this.withdraw(group),
      newId: () => environment.newId(),
    });
    this.copies = new Copies(this.storage, clock);
    this.projects = new Projects(me, clock, this.copies, {
      get: (path) => get(environment, path),
      needsChanged: () => this.tellNeeds(),
      moved: (store, events) => this.moved(store, events),
      anotherEpoch: (project) => this.queue.unconfirm(project),
      gone: (project) => this.topics.tell(`gone:${project}`),
      late: (project) => this.topics.tell(`late:${project}`),
      random: () => environment.random(),
    });
    this.freshness = new Freshness(clock);
    this.tabs = new Tabs(environment, `tabs ${me}`, {
      lead: () => this.lead(),
      follow: () => this.endLead(),
      hear: (message) => this.hear(message),
      beat: () => this.beat(),
      woke: () => this.woke(),
    });
    this.stopDrafts = drafts.attach({
      load: async () => (await this.storage).all("drafts"),
      save: (changed) => this.saveDrafts(changed),
      now: () => clock.now(),
    });
    this.stopSession = environment.onSession((now) => this.session(now));
    this.tabs.start();
    void this.queue.load().catch(() => this.queue.notKept());
    this.tick();
  }

  stop(): void {
    this.stopTick();
    this.stopSession();
    this.stopDrafts();
    this.tabs.stop();
    this.endLead();
    void this.storage.then((storage) => storage.close());
  }

  on(topic: string, listener: () => void): () => void {
    return this.topics.on(topic, listener);
  }

  state(): EngineState {
    return { live: this.live(), ...this.queue.state() };
  }

  /** The same object until `state` is told. */
  toldState(): EngineState {
    this.told ??= this.state();
    return this.told;
  }

  /** The project, loaded and followed until `release` was called as often. */
  open(id: Id): Promise<ProjectStore> {
    return this.projects.open(id);
  }

  /** Whether the server does not answer for a project that is being opened. It is asked again, and `late:<id>` tells. */
  isLate(id: Id): boolean {
    return this.projects.isLate(id);
  }

  release(id: Id): void {
    this.projects.release(id);
    if (!this.projects.get(id)) this.freshness.forget(id);
  }

  /** Shows commands at once and sends them in order. The answer is what became of each. */
  submit(project: Id, commands: readonly Command[]): Promise<Outcome[]> {
    return this.undoing.submit(project, commands);
  }

  /** Takes back the last own change of the project, or answers `null` when there is none. */
  undo(project: Id): Promise<Undone | null> {
    return this.undoing.undo(project);
  }

  redo(project: Id): Promise<Undone | null> {
    return this.undoing.redo(project);
  }

  /** What the server refused. It is kept until it is sent again or discarded. */
  refused(): RefusedTree[] {
    return this.queue.refusals.tree();
  }

  /** Sends a refused command again, with what stands under it. */
  retry(number: number): Promise<void> {
    return this.queue.retry(number);
  }

  discard(number: number): Promise<void> {
    return this.queue.discard(number);
  }

  /** Says something to the others in a project, which is stored nowhere. */
  say(project: Id, data: unknown): void {
    if (this.leading) this.leading.say(project, data);
    else this.tabs.post({ type: "say", project, data });
  }

  /** Who is in a project, and what they say of where they are. */
  presence(project: Id): Presence {
    return this.present.of(project);
  }

  private inMemory(): Storage {
    this.queue.notKept();
    return new MemoryStorage();
  }

  private live(): Live {
    const line = this.leading ? this.leading.line.live : this.freshness.line();
    const live = this.freshness.judge(line, [...this.projects.stores()]);
    return this.projects.areLoading() && (live === "live" || live === "slow") ? "catching_up" : live;
  }

  private lead(): void {
    this.leading = new Lead(this.environment, this.me, this.tabs, {
      hear: (message) => this.hear(message),
      lineChanged: () => this.lineChanged(),
      withdraw: (commands) => void this.queue.withdraw(commands),
      keep: (project, events) => this.keep(project, events),
    });
    this.tellNeeds();
    this.sender.start();
    void this.queue.load().then(
      () => this.sender.start(),
      () => this.queue.notKept(),
    );
  }

  private endLead(): void {
    this.leading?.stop();
    this.leading = null;
    this.freshness.ask();
    this.tellState();
  }

  private lineChanged(): void {
    if (!this.leading) return;
    this.beat();
    const { live } = this.leading.line;
    if (live === "live" || live === "slow") {
      this.sender.wake();
      this.projects.wake();
    }
    this.tellState();
  }

  private beat(): void {
    if (this.leading) this.see(this.leading.beat());
  }

  private hear(message: Message): void {
    this.leading?.hear(message);
    if (message.type === "beat") this.heardBeat(message);
    else if (message.type === "events") this.projects.receive(message.project, message.events);
    else if (message.type === "reload") void this.projects.reload(message.project);
    else if (message.type === "gone") this.projects.gone(message.project);
    else if (message.type === "own") this.topics.tell(message.topic);
    else if (message.type === "draft") drafts.hear(message.key, message.draft);
    else if (message.type === "said") this.present.said(message.project, message.data, message.by);
    else this.queue.take(message);
  }

  private heardBeat(beat: Beat): void {
    if (beat.tab !== this.leader) this.queue.handOver();
    else this.queue.remind();
    this.leader = beat.tab;
    this.freshness.beat(beat.live);
    // Without locks several tabs lead: what each sees itself is what counts for it.
    if (!this.leading) this.see(beat);
    this.tabs.post(this.ownNeeds());
    this.tellState();
  }

  /** Where the projects stand, and who is in them. */
  private see({ heads, here }: Beat): void {
    this.present.seen(here);
    this.compare(heads);
  }

  private epochOf(project: Id): string | null {
    return this.projects.get(project)?.epoch ?? this.leading?.epoch(project) ?? null;
  }

  private keep(project: Id, events: readonly ProjectEvent[]): void {
    const epoch = this.epochOf(project);
    if (epoch !== null) this.copies.append(project, epoch, events);
  }

  private async withdraw(group: Id): Promise<void> {
    const commands = await this.queue.group(group);
    if (this.leading) await this.queue.withdraw(commands);
    else this.tabs.post({ type: "withdraw", commands });
  }

  private async saveDrafts(changed: ReadonlyMap<string, KeptDraft | null>): Promise<void> {
    if (this.signedOut) return;
    for (const [key, draft] of changed) this.tabs.post({ type: "draft", key, draft });
    const changes = [...changed].map(
      ([key, value]): Change => (value ? { put: "drafts", value } : { remove: "drafts", key }),
    );
    await (await this.storage).write(changes).catch(() => this.queue.notKept());
  }

  private compare(heads: Readonly<Record<Id, Position>>): void {
    this.freshness.know(heads);
    for (const [project, head] of Object.entries(heads)) this.projects.head(project, head);
  }

  private ownNeeds(): OwnNeeds {
    const visible = this.environment.visible();
    return { type: "needs", tab: this.tabs.id, open: this.projects.positions(), visible };
  }

  private tellNeeds(): void {
    const needs = this.ownNeeds();
    if (!this.leading) {
      this.tabs.post(needs);
      return;
    }
    this.leading.need(needs);
    this.beat();
  }

  private moved(store: ProjectStore, events: readonly ProjectEvent[]): void {
    this.queue.confirm(events.map((event) => event.command_id));
    store.setPending(this.queue.pending(store.id, store.version));
    this.tellState();
  }

  private async answered(project: Id, settled: readonly Settled[], events: readonly ProjectEvent[]): Promise<void> {
    const message: Message = { type: "events", project, events };
    this.tabs.post(message);
    this.hear(message);
    const epoch = this.epochOf(project);
    await this.queue.settle(settled, epoch === null ? [] : eventRows(project, epoch, events));
  }

  private showPending(projects: ReadonlySet<Id>): void {
    for (const project of projects) {
      const store = this.projects.get(project);
      store?.setPending(this.queue.pending(project, store.version));
    }
    this.tellState();
  }

  private woke(): void {
    this.freshness.ask();
    this.leading?.line.doubt();
    if (this.leading) this.sender.wake();
    this.projects.wake();
    this.tellState();
  }

  private session(now: SessionNow): void {
    if (now === "signed_out") this.leaveNothing();
    else if (now === "somebody_else") this.stop();
    else if (this.leading) {
      const { line } = this.leading;
      const isBack = now === "here" && line.live === "session_ended";
      line.sessionEnded(now === "away");
      if (isBack) line.doubt();
      if (now === "here") this.sender.wake();
    }
  }

  /** Who signs out leaves nothing on the device. */
  private leaveNothing(): void {
    this.signedOut = true;
    void this.storage.then((storage) => storage.clear()).then(() => this.stop());
  }

  private tick(): void {
    this.stopTick = this.environment.clock.after(tickEvery, () => this.tick());
    if (this.leading) {
      this.leading.tick(this.ownNeeds());
      this.projects.compact();
    }
    this.tellState();
  }

  private tellState(): void {
    const state = this.state();
    if (this.told && JSON.stringify(state) === JSON.stringify(this.told)) return;
    this.told = state;
    this.topics.tell("state");
  }
}
