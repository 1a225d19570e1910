// What the leading tab hears from the server: the events of every project that any tab has open.

import type { Environment, Heard, Position, Socket, Subscribed } from "./environment";
import { Line } from "./live";
import type { Message } from "./messages";
import type { Id, ProjectEvent } from "./model";
import { Patience } from "./patience";
import type { Here } from "./presence";
import { Saying } from "./saying";
import { type Screens, SlowRoute } from "./slow";

export interface FeedHost {
  /** For all tabs, this one among them. */
  tell(message: Message): void;
  lineChanged(): void;
}

interface Followed {
  /** `null` where no socket gets through. */
  subscribed: Subscribed | null;
  since: Position;
  /** Where the log ends; `null` until the server has said so. */
  head: Position | null;
  /** Whether the log can't have gone on unheard since the server said so. */
  following: boolean;
  /** Whose sockets follow the project too, by socket; `null` while nobody knows. */
  here: Map<string, Here> | null;
}

export class Feed {
  readonly line: Line;
  private readonly socket: Socket;
  private readonly followed = new Map<Id, Followed>();
  private readonly slow: SlowRoute;
  private readonly patience: Patience;
  private readonly saying: Saying;
  private reaching = false;

  constructor(
    private readonly environment: Environment,
    user: Id,
    private readonly host: FeedHost,
  ) {
    this.line = new Line(environment.clock, {
      changed: () => host.lineChanged(),
      probe: (milliseconds) => (this.slow.on ? this.probe(milliseconds) : this.socket.probe(milliseconds)),
      again: () => this.again(),
      hangs: () => {
        this.attemptFailed();
        if (!this.slow.on) this.socket.again();
      },
    });
    this.patience = new Patience(environment);
    this.slow = new SlowRoute(environment, {
      positions: () => new Map([...this.followed].map(([project, { head, since }]) => [project, head ?? since])),
      heard: (project) => this.heard(project),
      sign: () => this.line.heard(),
      own: (topic) => host.tell({ type: "own", topic }),
      changed: (slowly) => this.goSlowly(slowly),
      trySocket: () => this.socket.again(),
    });
    this.saying = new Saying(environment.clock, (project, data) => {
      this.followed.get(project)?.subscribed?.publish(data);
    });
    this.socket = environment.socket(user, {
      state: (state) => {
        if (state === "connected") {
          this.slow.end();
          this.patience.back();
        }
        this.line.state(state);
      },
      failed: () => this.attemptFailed(),
      own: (type) => host.tell({ type: "own", topic: `user:${type}` }),
    });
    this.socket.connect();
  }

  stop(): void {
    this.slow.stop();
    this.socket.disconnect();
  }

  /** Follows exactly these projects, new ones from the position that is named. */
  follow(needed: ReadonlyMap<Id, Position>): void {
    for (const [project, one] of this.followed) {
      if (needed.has(project)) continue;
      one.subscribed?.end();
      this.leave(project);
    }
    for (const [project, since] of needed) {
      if (this.followed.has(project)) continue;
      const subscribed = this.slow.on ? null : this.socket.project(project, since, this.heard(project));
      this.followed.set(project, { subscribed, since, head: null, following: false, here: null });
    }
  }

  /** Where the logs end that are known to the end. */
  heads(): Record<Id, Position> {
    return Object.fromEntries(
      [...this.followed].flatMap(([project, { head, following }]) => (head && following ? [[project, head]] : [])),
    );
  }

  epoch(project: Id): string | null {
    return this.followed.get(project)?.head?.epoch ?? null;
  }

  /** Who is in each project. */
  here(): Record<Id, readonly Here[] | null> {
    const live = this.line.live === "live";
    return Object.fromEntries(
      [...this.followed].map(([project, { here }]) => [project, live && here ? [...here.values()] : null]),
    );
  }

  /** A tab has this position: where it is newer, so is the head. */
  known(project: Id, position: Position): void {
    const one = this.followed.get(project);
    if (one?.head === null) one.since = position;
    if (one?.head?.epoch === position.epoch && position.version > one.head.version) one.head = position;
  }

  say(project: Id, data: unknown): void {
    this.saying.say(project, data);
  }

  tick(screens: Screens): void {
    this.line.tick(screens.watched);
    this.slow.tick(screens);
    if (screens.watched && this.line.live === "offline") void this.reach();
  }

  private attemptFailed(): void {
    if (this.slow.on) {
      this.socket.rest();
      return;
    }
    this.slow.attemptFailed();
    this.line.attemptFailed();
  }

  /** The socket waits longer and longer between attempts. A small question tells that the network is back. */
  private async reach(): Promise<void> {
    if (this.reaching) return;
    this.reaching = true;
    const reached = await this.environment.reach(1_500);
    this.reaching = false;
    if (reached) this.patience.back();
    else {
      this.patience.away();
      this.slow.unreachable();
    }
    if (!reached || this.line.live !== "offline") return;
    this.line.reached();
    const wasSlow = this.slow.on;
    this.slow.reached();
    if (wasSlow === this.slow.on) this.again();
  }

  private async probe(milliseconds: number): Promise<void> {
    if (!(await this.environment.reach(milliseconds))) throw new Error("no answer");
  }

  private again(): void {
    this.slow.hurry();
    this.socket.again();
  }

  /** Where no socket gets through it rests, and what it would have heard is asked for. */
  private goSlowly(slowly: boolean): void {
    if (slowly) this.socket.rest();
    for (const [project, one] of this.followed) {
      one.subscribed?.end();
      // There each answer says where the log ends, and without answers the line is not called live.
      one.following = slowly;
      one.subscribed = slowly ? null : this.socket.project(project, one.head ?? one.since, this.heard(project));
    }
    this.line.slow(slowly);
  }

  private leave(project: Id): void {
    this.followed.delete(project);
    this.slow.left(project);
  }

  private heard(project: Id): Heard {
    return {
      events: (events) => this.receive(project, events as readonly ProjectEvent[]),
      subscribed: (from) => {
        this.line.heard();
        if (from === "void") this.reload(project);
        void this.askWhoIsHere(project);
      },
      waiting: () => {
        const one = this.followed.get(project);
        if (one) one.following = false;
      },
      gone: () => {
        this.leave(project);
        this.host.tell({ type: "gone", project });
      },
      head: (head) => {
        const one = this.followed.get(project);
        if (one) {
          one.head = head;
          one.following = true;
        }
        this.line.heard();
        this.host.lineChanged();
      },
      said: (data, by) => this.host.tell({ type: "said", project, data, by }),
      moved: (how, { user, client }) => {
        const here = this.followed.get(project)?.here;
        if (how === "join") here?.set(client, { user, client });
        else here?.delete(client);
      },
    };
  }

  private async askWhoIsHere(project: Id): Promise<void> {
    const one = this.followed.get(project);
    if (!one?.subscribed) return;
    one.here = null;
    try {
      const clients = Object.values(await one.subscribed.presence());
      one.here = new Map(clients.map(({ user, client }) => [client, { user, client }]));
    } catch {
      // Without Redis nobody knows. It is asked again with the next subscription.
    }
  }

  private receive(project: Id, events: readonly ProjectEvent[]): void {
    this.line.heard();
    const one = this.followed.get(project);
    const last = events.at(-1);
    if (one?.head && last && last.version > one.head.version) one.head = { ...one.head, version: last.version };
    this.host.tell({ type: "events", project, events });
  }

  private reload(project: Id): void {
    const one = this.followed.get(project);
    if (one) one.head = null;
    this.host.tell({ type: "reload", project });
  }
}
