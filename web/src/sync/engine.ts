// What keeps projects in step with the server: the local copy, the events, and the commands under way. One for each signed-in
// person and tab. The tabs of a browser share one connection and one queue: one of them leads (tabs.ts).

import { ApiError } from "../api/problem";
import { browser } from "./browser";
import { Copies, eventRows } from "./copy";
import { drafts } from "./drafts";
import type { Environment, Position, SessionNow } from "./environment";
import { Feed } from "./feed";
import { Freshness } from "./freshness";
import type { Live } from "./live";
import { MemoryStorage } from "./memory";
import type { Message, Settled, Speaker } from "./messages";
import type { Command, Id, ProjectEvent } from "./model";
import { Needs } from "./needs";
import type { Outcome } from "./outbox";
import { type Here, Presence, readSaid } from "./presence";
import { Projects } from "./projects";
import { Queue } from "./queue";
import type { RefusedTree } from "./refusals";
import { Sender } from "./sender";
import type { Change, Draft as KeptDraft, Storage } from "./storage";
import type { ProjectStore } from "./store";
import { Tabs } from "./tabs";
import { Topics } from "./topics";
import { Undo, type Undone } from "./undo";

export { ApiError as HttpError } from "../api/problem";
export type { Live } from "./live";

export interface EngineState {
  readonly live: Live;
  /** Commands that the server has not acknowledged yet. */
  readonly kept: number;
  readonly refused: number;
  /** What is unsent goes with this page: the device keeps nothing. */
  readonly notKept: boolean;
  /** How much more can be kept until something is sent. */
  readonly room: "enough" | "little" | "none";
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
  private readonly needs: Needs;
  private readonly tabs: Tabs;
  private readonly freshness: Freshness;
  private readonly present = new Map<Id, Presence>();
  private readonly stopSession: () => void;
  private readonly stopDrafts: () => void;
  private stopTick: () => void = () => undefined;
  /** The connection, while this tab leads. */
  private feed: Feed | null = null;
  /** The tab that was last heard to lead. */
  private leader: Id | null = null;
  private signedOut = false;
  private told = "";

  constructor(
    private readonly me: Id,
    private readonly environment: Environment = browser(),
  ) {
    const { clock } = environment;
    this.storage = environment.storage(me).catch(() => this.inMemory());
    this.queue = new Queue(environment, this.storage, {
      post: (message) => this.tabs.post(message),
      changed: (projects) => this.showPending(projects),
      queued: () => this.feed && this.sender.start(),
      version: (project) => this.projects.get(project)?.version ?? null,
    });
    this.sender = new Sender(environment, this.queue, {
      mayLead: () => this.tabs.mayLead(),
      answered: (project, settled, events) => this.answered(project, settled, events),
      sessionEnded: () => this.feed?.line.sessionEnded(true),
    });
    this.undoing = new Undo({
      submit: (project, commands, group) => this.queue.submit(project, commands, group),
      withdraw: (group) => void this.withdraw(group),
      newId: () => environment.newId(),
    });
    this.copies = new Copies(this.storage, clock);
    this.projects = new Projects(me, clock, this.copies, {
      get: (path) => this.get(path),
      needsChanged: () => this.tellNeeds(),
      moved: (store, events) => this.moved(store, events),
      anotherEpoch: (project) => this.queue.unconfirm(project),
      gone: (project) => this.topics.tell(`gone:${project}`),
    });
    this.needs = new Needs(clock);
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

  /** The project, loaded and followed until `release` was called as often. */
  open(id: Id): Promise<ProjectStore> {
    return this.projects.open(id);
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
    if (this.feed) this.feed.say(project, data);
    else this.tabs.post({ type: "say", project, data });
  }

  /** Who is in a project, and what they say of where they are. */
  presence(project: Id): Presence {
    const known = this.present.get(project);
    if (known) return known;
    const made = new Presence(() => Date.now());
    this.present.set(project, made);
    return made;
  }

  private inMemory(): Storage {
    this.queue.notKept();
    return new MemoryStorage();
  }

  private live(): Live {
    const line = this.feed ? this.feed.line.live : this.freshness.line();
    return this.freshness.judge(line, [...this.projects.stores()]);
  }

  private lead(): void {
    this.feed = new Feed(this.environment, this.me, {
      tell: (message) => {
        this.tabs.post(message);
        this.hear(message);
      },
      lineChanged: () => this.lineChanged(),
    });
    this.tellNeeds();
    this.sender.start();
    void this.queue.load().then(
      () => this.sender.start(),
      () => this.queue.notKept(),
    );
  }

  private endLead(): void {
    this.feed?.stop();
    this.feed = null;
    this.freshness.ask();
    this.tellState();
  }

  private lineChanged(): void {
    if (!this.feed) return;
    this.beat();
    if (this.feed.line.live === "live" || this.feed.line.live === "slow") this.sender.wake();
    this.tellState();
  }

  private beat(): void {
    if (!this.feed) return;
    const heads = this.feed.heads();
    const here = this.feed.here();
    this.tabs.post({ type: "beat", tab: this.tabs.id, live: this.feed.line.live, heads, here });
    this.seen(here);
    this.compare(heads);
  }

  private hear(message: Message): void {
    if (this.feed) this.heardByLeader(message);
    if (message.type === "beat") this.heardBeat(message);
    else if (message.type === "events") this.projects.receive(message.project, message.events);
    else if (message.type === "reload") void this.projects.reload(message.project);
    else if (message.type === "gone") this.projects.gone(message.project);
    else if (message.type === "own") this.topics.tell(message.topic);
    else if (message.type === "draft") drafts.hear(message.key, message.draft);
    else if (message.type === "said") this.said(message.project, message.data, message.by);
    else this.queue.take(message);
  }

  private heardBeat({ tab, live, heads, here }: Extract<Message, { type: "beat" }>): void {
    if (tab !== this.leader) this.queue.handOver();
    else this.queue.remind();
    this.leader = tab;
    this.freshness.beat(live);
    this.compare(heads);
    this.seen(here);
    this.tabs.post(this.ownNeeds());
    this.tellState();
  }

  /** What only the leader does with a message. */
  private heardByLeader(message: Message): void {
    if (message.type === "needs") {
      this.needs.set(message.tab, message.open, message.visible);
      this.feed?.follow(this.needs.all());
      for (const [project, position] of Object.entries(message.open)) this.feed?.known(project, position);
    } else if (message.type === "bye") {
      this.needs.drop(message.tab);
      this.feed?.follow(this.needs.all());
    } else if (message.type === "events") {
      const epoch = this.epochOf(message.project);
      if (epoch !== null) this.copies.append(message.project, epoch, message.events);
    } else if (message.type === "withdraw") void this.queue.withdraw(message.commands);
    else if (message.type === "say") this.feed?.say(message.project, message.data);
  }

  private epochOf(project: Id): string | null {
    return this.projects.get(project)?.epoch ?? this.feed?.heads()[project]?.epoch ?? null;
  }

  private async withdraw(group: Id): Promise<void> {
    const commands = await this.queue.group(group);
    if (this.feed) await this.queue.withdraw(commands);
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

  private seen(here: Readonly<Record<Id, readonly Here[] | null>>): void {
    for (const [project, presence] of this.present) {
      presence.replace(here[project] ?? null);
      presence.expire();
    }
  }

  private said(project: Id, data: unknown, by: Speaker): void {
    const said = readSaid(data);
    if (said) this.presence(project).heard(by, said);
  }

  private compare(heads: Readonly<Record<Id, Position>>): void {
    for (const [project, head] of Object.entries(heads)) {
      this.freshness.head(project, head);
      this.projects.head(project, head);
    }
  }

  private ownNeeds(): Extract<Message, { type: "needs" }> {
    const visible = this.environment.visible();
    return { type: "needs", tab: this.tabs.id, open: this.projects.positions(), visible };
  }

  private tellNeeds(): void {
    const needs = this.ownNeeds();
    if (!this.feed) {
      this.tabs.post(needs);
      return;
    }
    this.needs.set(needs.tab, needs.open, needs.visible);
    this.feed.follow(this.needs.all());
    for (const [project, position] of Object.entries(needs.open)) this.feed.known(project, position);
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
    this.feed?.line.doubt();
    if (this.feed) this.sender.wake();
    this.tellState();
  }

  private session(now: SessionNow): void {
    if (now === "signed_out") this.leaveNothing();
    else if (now === "somebody_else") this.stop();
    else if (this.feed) {
      const isBack = now === "here" && this.feed.line.live === "session_ended";
      this.feed.line.sessionEnded(now === "away");
      if (isBack) this.feed.line.doubt();
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
    if (this.feed) {
      this.needs.set(this.tabs.id, this.projects.positions(), this.environment.visible());
      this.feed.tick(this.needs.watched());
      this.projects.compact();
    }
    this.tellState();
  }

  private tellState(): void {
    const state = JSON.stringify(this.state());
    if (state === this.told) return;
    this.told = state;
    this.topics.tell("state");
  }

  private async get<T>(path: string): Promise<T> {
    const { status, body } = await this.environment.http("GET", path);
    if (status !== 200) throw new ApiError(problemOf(body));
    return body as T;
  }
}

/** What a project that this person may not see any more is: as if it had never been there. */
export function goneError(): ApiError {
  const title = "Not here";
  const detail = "This project is gone, or not yours to see any more.";
  return new ApiError({ type: "about:blank", title, status: 404, detail, code: "not_found" });
}

function problemOf(body: unknown): ConstructorParameters<typeof ApiError>[0] {
  if (typeof body === "object" && body !== null && "code" in body) {
    return body as ConstructorParameters<typeof ApiError>[0];
  }
  const title = "The server could not be asked";
  return { type: "about:blank", title, status: 502, detail: "Try again in a moment.", code: "unexpected_answer" };
}
