// What keeps projects in step with the server: snapshots, the socket, and the commands under way. One for each signed-in person.

import { Centrifuge, type Subscription, UnauthorizedError } from "centrifuge";
import { at } from "../base";
import { session } from "../session/session";
import type { Command, Id, Problem, ProjectEvent, Snapshot } from "./model";
import { firstBatch, type Kept, newCommand, now, type Outcome, outcomeOf } from "./outbox";
import { ProjectStore } from "./store";
import { Topics } from "./topics";

/** How live the page is. */
export type Live = "catching_up" | "live" | "offline";

interface Open {
  users: number;
  store: Promise<ProjectStore>;
  loaded: ProjectStore | null;
  subscription: Subscription | null;
}

export class HttpError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

export class Engine {
  private readonly topics = new Topics();
  private readonly projects = new Map<Id, Open>();
  private readonly socket: Centrifuge;
  private kept: Kept[] = [];
  private sending = false;
  private live: Live = "catching_up";

  constructor(private readonly me: Id) {
    const address = at("connection/websocket").replace(/^http/, "ws");
    this.socket = new Centrifuge(address, {
      getToken: () => session.token().catch(() => Promise.reject(new UnauthorizedError(""))),
    });
    this.socket.on("connected", () => this.setLive("live"));
    this.socket.on("connecting", () => this.setLive("catching_up"));
    this.socket.on("disconnected", () => this.setLive("offline"));
    const own = this.socket.newSubscription(`user:${me}`);
    own.on("publication", ({ data }) => this.topics.tell(`user:${data.type}`));
    own.subscribe();
    this.socket.connect();
  }

  stop(): void {
    this.socket.disconnect();
  }

  on(topic: string, listener: () => void): () => void {
    return this.topics.on(topic, listener);
  }

  state(): { live: Live; kept: number } {
    return { live: this.live, kept: this.kept.length };
  }

  /** The project, loaded and followed until `release` was called as often. */
  open(id: Id): Promise<ProjectStore> {
    const known = this.projects.get(id);
    if (known) {
      known.users += 1;
      return known.store;
    }
    const made: Open = { users: 1, store: this.load(id), loaded: null, subscription: null };
    this.projects.set(id, made);
    made.store.then(
      (store) => this.follow(made, store),
      () => this.projects.delete(id),
    );
    return made.store;
  }

  release(id: Id): void {
    const known = this.projects.get(id);
    if (!known || --known.users > 0) return;
    this.projects.delete(id);
    if (known.subscription) this.socket.removeSubscription(known.subscription);
  }

  /** Shows commands at once and sends them in order. The answer is what became of each. */
  submit(project: Id, commands: readonly Command[]): Promise<Outcome[]> {
    const outcomes = commands.map(
      (command) =>
        new Promise<Outcome>((settle) => {
          this.kept.push({ project, command: newCommand(command), at: now(), settle });
        }),
    );
    this.showPending(project);
    void this.send();
    return Promise.all(outcomes);
  }

  private async load(id: Id): Promise<ProjectStore> {
    const snapshot = await request<Snapshot>("GET", `projects/${id}/snapshot`);
    return new ProjectStore(this.me, snapshot, (flush) => requestAnimationFrame(flush));
  }

  private follow(open: Open, store: ProjectStore): void {
    if (this.projects.get(store.id) !== open) return;
    open.loaded = store;
    const subscription = this.socket.newSubscription(`project:${store.id}`, {
      since: { epoch: store.epoch, offset: store.version },
    });
    subscription.on("publication", ({ data, offset }) => {
      if (offset) this.receive(store, [data as ProjectEvent]);
    });
    subscription.on("subscribed", ({ wasRecovering, recovered }) => {
      if (wasRecovering && !recovered) void this.reload(store);
    });
    subscription.subscribe();
    open.subscription = subscription;
  }

  private receive(store: ProjectStore, events: readonly ProjectEvent[]): void {
    try {
      if (store.receive(events) === "gap") void this.fill(store);
    } catch {
      void this.reload(store);
    }
    const known = new Set(events.map((event) => event.command_id));
    if (this.kept.some((one) => known.has(one.command.command_id))) this.showPending(store.id);
  }

  private async fill(store: ProjectStore): Promise<void> {
    const page = await request<{ events: ProjectEvent[] }>(
      "GET",
      `projects/${store.id}/events?after=${store.version}&limit=1000`,
    );
    this.receive(store, page.events);
  }

  private async reload(store: ProjectStore): Promise<void> {
    store.replace(await request<Snapshot>("GET", `projects/${store.id}/snapshot`));
  }

  private showPending(project: Id): void {
    const store = this.projects.get(project)?.loaded;
    store?.setPending(this.kept.filter((one) => one.project === project));
    this.topics.tell("state");
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    for (let batch = firstBatch(this.kept); batch.length > 0; batch = firstBatch(this.kept)) {
      const project = batch[0]?.project ?? "";
      const outcomes = await sendBatch(project, batch);
      this.kept = this.kept.slice(batch.length);
      const events = outcomes.flatMap((outcome) => (outcome.kind === "done" && outcome.event ? [outcome.event] : []));
      const store = this.projects.get(project)?.loaded;
      if (store) this.receive(store, events);
      this.showPending(project);
      batch.forEach((one, index) => {
        const outcome = outcomes[index];
        if (outcome) one.settle(outcome);
      });
    }
    this.sending = false;
  }

  private setLive(live: Live): void {
    this.live = live;
    this.topics.tell("state");
  }
}

async function sendBatch(project: Id, batch: readonly Kept[]): Promise<Outcome[]> {
  for (let wait = 250; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      const body = { commands: batch.map((one) => one.command), atomic: false };
      const answer = await request<{ results: Parameters<typeof outcomeOf>[0][] }>(
        "POST",
        `projects/${project}/commands`,
        body,
      );
      return answer.results.map(outcomeOf);
    } catch (error) {
      if (error instanceof HttpError && error.problem.status < 500 && error.problem.status !== 429) {
        return batch.map(() => ({ kind: "refused", problem: error.problem }));
      }
      await new Promise((go) => setTimeout(go, wait));
    }
  }
}

/** One request below `/api/v1`, as the signed-in person. */
export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const token = await session.token();
  const response = await fetch(at(`api/v1/${path}`), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new HttpError(answer as Problem);
  return answer as T;
}
