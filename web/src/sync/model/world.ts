// A browser with tabs, a network that fails, and a server: all in memory.

import { Engine } from "../engine";
import type {
  Answer,
  Environment,
  Heard,
  Lock,
  Locks,
  Position,
  SocketHeard,
  StreamHeard,
  Subscribed,
} from "../environment";
import { NoAnswer } from "../environment";
import { MemoryStorage } from "../memory";
import type { Id } from "../model";
import type { Change } from "../storage";
import type { ProjectStore } from "../store";
import { Random } from "./random";
import { me, projectId, Server } from "./server";
import { FakeStream } from "./stream";
import { type Process, Time } from "./time";

/** What is kept on the device, which may be full. */
class Device extends MemoryStorage {
  full = false;

  constructor() {
    super(true);
  }

  override async write(changes: readonly Change[]): Promise<number[]> {
    if (this.full && changes.some((change) => "put" in change || "append" in change)) throw new Error("full");
    return super.write(changes);
  }
}

interface Holder {
  readonly process: Process;
  readonly lost: () => void;
}

export interface Tab {
  readonly process: Process;
  readonly engine: Engine;
  readonly wake: () => void;
  store: ProjectStore | null;
  visible: boolean;
}

export class World {
  readonly random: Random;
  readonly time = new Time();
  readonly server: Server;
  readonly device = new Device();
  readonly tabs: Tab[] = [];
  online = true;
  /** A proxy lets no sockets through. */
  socketsBlocked = false;
  /** A proxy keeps what is streamed until the stream ends. */
  streamsKept = false;
  /** The page is not served over HTTPS, so there are no locks. */
  hasLocks = true;
  readonly streams = new Set<FakeStream>();
  /** How often a socket was tried, and what was asked for. */
  socketAttempts = 0;
  posted = 0;
  readonly asked: { readonly at: number; readonly path: string }[] = [];
  /** How many of the next requests lose their answer, or arrive twice. */
  loseAnswers = 0;
  doubled = 0;
  private readonly channels = new Set<{ name: string; process: Process; listener: (message: unknown) => void }>();
  private holder: Holder | null = null;
  private waiting: { process: Process; grant: () => void }[] = [];
  private readonly sockets = new Set<() => void>();

  constructor(seed: number) {
    this.random = new Random(seed);
    this.server = new Server(() => this.time.now);
  }

  async openTab(): Promise<Tab> {
    const process = { frozen: false, dead: false };
    const wakes = new Set<() => void>();
    const tab: { -readonly [K in keyof Tab]: Tab[K] } = {
      process,
      engine: null as unknown as Engine,
      wake: () => {
        for (const wake of wakes) wake();
      },
      store: null,
      visible: true,
    };
    tab.engine = new Engine(me, this.environment(tab, wakes));
    this.tabs.push(tab);
    tab.engine.open(projectId).then(
      (store) => {
        tab.store = store;
      },
      () => undefined,
    );
    await this.time.pass(200);
    return tab;
  }

  /** The tab is gone without a word. */
  crash(tab: Tab): void {
    tab.process.dead = true;
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    this.waiting = this.waiting.filter(({ process }) => !process.dead);
    if (this.holder?.process === tab.process) this.passLock();
  }

  setOnline(online: boolean): void {
    this.online = online;
    for (const changed of [...this.sockets]) changed();
    for (const stream of [...this.streams]) stream.network();
  }

  private environment(tab: Tab, wakes: Set<() => void>): Environment {
    const { process } = tab;
    return {
      clock: this.time.clock(process),
      locks: this.hasLocks ? this.locks(process) : null,
      newId: () => this.random.id(),
      random: this.random.next,
      storage: async () => this.device,
      channel: (name, listener) => this.channel(process, name, listener),
      socket: (_user, heard) => this.socket(process, heard),
      http: (method, path, body) => this.http(process, method, path, body),
      stream: (path, heard) => this.stream(process, path, heard),
      // Here each request ends by itself.
      giveUp: () => undefined,
      visible: () => tab.visible,
      onWake: (listener) => {
        wakes.add(listener);
        return () => wakes.delete(listener);
      },
      persist: () => undefined,
      reach: async () => {
        await this.wait(process, 50);
        return this.online;
      },
      onSession: () => () => undefined,
    };
  }

  private wait(process: Process, milliseconds: number): Promise<void> {
    return new Promise((go) => this.time.after(process, milliseconds, go));
  }

  private stream(process: Process, path: string, heard: StreamHeard): () => void {
    const stream = new FakeStream(this, process, path, heard);
    this.streams.add(stream);
    return () => stream.stop();
  }

  private async http(process: Process, method: string, path: string, body: unknown): Promise<Answer> {
    const sent = structuredClone(body) as { commands: Parameters<Server["submit"]>[1] } | undefined;
    this.asked.push({ at: this.time.now, path });
    if (method === "POST") this.posted += 1;
    const outside = { frozen: false, dead: false };
    const ask = () => (method === "POST" && sent ? this.server.submit(me, sent.commands) : this.server.get(path));
    const delay = 5 + this.random.below(40);
    // What was sent arrives, also when its tab is frozen or gone by then.
    const answered = new Promise<Answer | null>((done) => {
      this.time.after(outside, delay, () => done(this.online ? structuredClone(ask()) : null));
    });
    if (method === "POST" && this.doubled > 0) {
      this.doubled -= 1;
      this.time.after(outside, delay + this.random.below(3_000), () => this.online && ask());
    }
    const isLost = method === "POST" && this.loseAnswers > 0;
    if (isLost) this.loseAnswers -= 1;
    const answer = await answered;
    await this.wait(process, 5 + this.random.below(40));
    if (!answer || isLost || !this.online) throw new NoAnswer("no answer");
    return answer;
  }

  private channel(process: Process, name: string, listener: (message: unknown) => void) {
    const mine = { name, process, listener };
    this.channels.add(mine);
    return {
      post: (message: unknown) => {
        for (const other of this.channels) {
          if (other === mine || other.name !== name) continue;
          const copy = structuredClone(message);
          this.time.after(other.process, 1, () => other.listener(copy));
        }
      },
      close: () => void this.channels.delete(mine),
    };
  }

  private locks(process: Process): Locks {
    return {
      take: (_name, how, lost) => {
        let cancelled = false;
        const lock = new Promise<Lock>((won) => {
          const grant = () => {
            if (cancelled) return this.passLock();
            const mine: Holder = { process, lost };
            this.holder = mine;
            const held = async () => this.holder === mine;
            const release = () => this.holder === mine && this.passLock();
            this.time.after(process, 1, () => won({ held, release }));
          };
          if (how === "steal") this.steal(grant);
          else if (this.holder) this.waiting.push({ process, grant });
          else grant();
        });
        return { lock, cancel: () => (cancelled = true) };
      },
    };
  }

  private steal(grant: () => void): void {
    const before = this.holder;
    grant();
    if (before) this.time.after(before.process, 1, before.lost);
  }

  private passLock(): void {
    this.holder = null;
    this.waiting.shift()?.grant();
  }

  private socket(process: Process, heard: SocketHeard) {
    const feed = new FakeSocket(this, process, heard);
    this.sockets.add(() => feed.network());
    return feed;
  }
}

interface Followed {
  readonly heard: Heard;
  readonly stop: () => void;
  /** What the client has, and what is on its way to it on this connection. */
  has: Position;
  sent: Position;
}

class FakeSocket {
  private open = false;
  private ended = false;
  private resting = false;
  private readonly channels = new Map<Id, Followed>();

  constructor(
    private readonly world: World,
    private readonly process: Process,
    private readonly heard: SocketHeard,
  ) {}

  connect(): void {
    this.ended = false;
    this.attempt();
  }

  disconnect(): void {
    this.ended = true;
    this.open = false;
    for (const { stop } of this.channels.values()) stop();
    this.channels.clear();
  }

  again(): void {
    this.open = false;
    this.resting = false;
    for (const { heard } of this.channels.values()) heard.waiting();
    this.attempt();
  }

  rest(): void {
    this.open = false;
    this.resting = true;
    this.heard.state("ended");
  }

  network(): void {
    if (!this.open || this.world.online) return;
    this.open = false;
    this.world.time.after(this.process, 20, () => {
      for (const { heard } of this.channels.values()) heard.waiting();
      this.heard.state("connecting");
      this.attempt();
    });
  }

  async probe(): Promise<void> {
    await new Promise<void>((go) => this.world.time.after(this.process, 30, go));
    if (!this.open) throw new Error("no answer");
  }

  project(id: Id, since: Position, heard: Heard): Subscribed {
    const channel: Followed = { has: since, sent: since, heard, stop: this.world.server.watch(() => this.pump(id)) };
    this.channels.set(id, channel);
    if (this.open) this.subscribe(id);
    return {
      publish: () => undefined,
      presence: async () => ({}),
      end: () => {
        channel.stop();
        this.channels.delete(id);
      },
    };
  }

  private attempt(): void {
    if (this.ended || this.open || this.resting) return;
    this.world.time.after(this.process, 30, () => {
      if (this.ended || this.open || this.resting) return;
      this.world.socketAttempts += 1;
      if (!this.world.online || this.world.socketsBlocked) {
        this.heard.failed();
        this.world.time.after(this.process, 1_000, () => this.attempt());
        return;
      }
      this.open = true;
      this.heard.state("connected");
      for (const id of [...this.channels.keys()]) this.subscribe(id);
    });
  }

  private subscribe(id: Id): void {
    const channel = this.channels.get(id);
    const { server } = this.world;
    if (!channel) return;
    if (server.closed) {
      this.gone(id);
      return;
    }
    channel.sent = channel.has;
    const { head } = server;
    const isVoid = channel.sent.epoch !== head.epoch || channel.sent.version > head.version;
    if (isVoid) channel.sent = head;
    this.later(id, (heard) => {
      if (isVoid) channel.has = head;
      heard.subscribed(isVoid ? "void" : "position");
      heard.head(head);
    });
    this.pump(id);
  }

  /** Sends what is new, now and then twice. */
  private pump(id: Id): void {
    const channel = this.channels.get(id);
    const { server, random, online } = this.world;
    if (!channel || !this.open || !online) return;
    const isVoid = channel.sent.epoch !== server.epoch || channel.sent.version > server.version;
    if (isVoid || server.closed) {
      this.subscribe(id);
      return;
    }
    const again = random.chance(0.1) ? 1 : 0;
    const events = server.log.slice(Math.max(0, channel.sent.version - again));
    const { head } = server;
    channel.sent = head;
    if (events.length === 0) return;
    this.later(id, (heard) => {
      channel.has = head;
      heard.events(structuredClone(events));
    });
  }

  private gone(id: Id): void {
    const channel = this.channels.get(id);
    this.later(id, (heard) => {
      if (this.channels.get(id) !== channel) return;
      channel?.stop();
      this.channels.delete(id);
      heard.gone();
    });
  }

  private later(id: Id, tell: (heard: Heard) => void): void {
    const heard = this.channels.get(id)?.heard;
    if (heard) this.world.time.after(this.process, 15, () => this.open && tell(heard));
  }
}
