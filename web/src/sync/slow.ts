// Where no socket gets through. The project on the screen comes by a stream, or is asked for every three seconds where a proxy
// keeps that back; everything else is asked for less often. At most one stream and one question are under way. The socket is
// tried now and then, and ends this when it stands.

import type { Environment, Heard, Position } from "./environment";
import type { Id, ProjectEvent } from "./model";
import { SlowOwn } from "./slow-own";
import { SlowStream } from "./slow-stream";

const failuresBefore = 3;
const trySocketEvery = 60_000;
/** How often is asked for the project on the screen, for what is on another screen, and for what nobody sees. */
const askFirstEvery = 3_000;
const askEvery = 10_000;
const askHiddenEvery = 30_000;
const page = 1_000;

/** What is on the screens of this browser. */
export interface Screens {
  /** Somebody looks at one of the tabs. */
  readonly watched: boolean;
  /** The projects in sight, the one that came into sight last first. */
  readonly shown: readonly Id[];
}

export interface SlowHost {
  positions(): ReadonlyMap<Id, Position>;
  heard(project: Id): Heard;
  /** The stream is alive. */
  sign(): void;
  own(topic: string): void;
  changed(slowly: boolean): void;
  trySocket(): void;
}

/** One's own topics are asked for as one more thing beside the projects. */
const own = "own";

export class SlowRoute {
  private failures = 0;
  private isOn = false;
  private asking = false;
  private unanswered = false;
  private screens: Screens = { watched: true, shown: [] };
  private socketTried = 0;
  /** When each was asked for last. */
  private readonly asked = new Map<Id | typeof own, number>();
  private readonly stream: SlowStream;
  private readonly own: SlowOwn;

  constructor(
    private readonly environment: Environment,
    private readonly host: SlowHost,
  ) {
    this.stream = new SlowStream(environment, host);
    this.own = new SlowOwn(environment, (topic) => host.own(topic));
  }

  attemptFailed(): void {
    this.failures += 1;
  }

  /** Nothing gets through, so it says nothing about sockets that theirs failed. */
  unreachable(): void {
    this.failures = 0;
  }

  get on(): boolean {
    return this.isOn;
  }

  /** The server answers, though its socket does not. */
  reached(): void {
    if (this.isOn || this.failures < failuresBefore) return;
    this.isOn = true;
    this.socketTried = this.environment.clock.now();
    this.host.changed(true);
    this.hurry();
  }

  /** Asks for everything now: what was missed nobody knows. */
  hurry(): void {
    if (!this.isOn) return;
    this.asked.clear();
    this.stream.hurry();
    this.go();
  }

  /** Nobody has it open any more. Whoever opens it again is told anew where its log ends. */
  left(project: Id): void {
    this.asked.delete(project);
    this.stream.left(project);
  }

  /** Twice a second. */
  tick(screens: Screens): void {
    this.screens = screens;
    if (this.isOn) this.go();
  }

  /** The socket stands. */
  end(): void {
    this.failures = 0;
    if (!this.isOn) return;
    this.stop();
    this.host.changed(false);
  }

  stop(): void {
    this.isOn = false;
    this.asked.clear();
    this.stream.close();
  }

  private go(): void {
    const now = this.environment.clock.now();
    if (now - this.socketTried >= trySocketEvery) {
      this.socketTried = now;
      this.host.trySocket();
    }
    const first = this.first();
    this.stream.hold(first, first === null ? undefined : this.host.positions().get(first));
    if (!this.asking) void this.askAll();
  }

  /** The project that the stream is for. A tab that leads for itself alone has none, because others would have theirs too. */
  private first(): Id | null {
    return this.environment.locks ? (this.screens.shown[0] ?? null) : null;
  }

  /** One after the other, until nothing is due. */
  private async askAll(): Promise<void> {
    this.asking = true;
    for (let what = this.due(); what !== null; what = this.due()) {
      this.asked.set(what, this.environment.clock.now());
      if (what === own) await this.own.ask();
      else await this.ask(what);
    }
    this.asking = false;
  }

  private due(): Id | typeof own | null {
    if (!this.isOn) return null;
    const now = this.environment.clock.now();
    const positions = this.host.positions();
    const projects = [...positions.keys()].filter((project) => !this.stream.carries(project));
    const isDue = (what: Id, every: number) => now - (this.asked.get(what) ?? Number.NEGATIVE_INFINITY) >= every;
    return (
      projects.find((project) => isDue(project, this.every(project))) ??
      (isDue(own, this.screens.watched ? askEvery : askHiddenEvery) ? own : null)
    );
  }

  private every(project: Id): number {
    const place = this.screens.shown.indexOf(project);
    if (place === 0) return askFirstEvery;
    return place > 0 ? askEvery : askHiddenEvery;
  }

  private async ask(project: Id): Promise<void> {
    const position = this.host.positions().get(project);
    if (!position) return;
    const { epoch, version } = position;
    const path = `projects/${project}/events?after=${version}&limit=${page}&epoch=${epoch}`;
    // Without an answer the next round asks again, and the line is no longer proven.
    const answer = await this.environment.http("GET", path).catch(() => null);
    if (!this.isOn) return;
    // It was the network that ended the stream.
    if (answer && this.unanswered) this.stream.hurry();
    this.unanswered = !answer;
    if (!answer) return;
    const heard = this.host.heard(project);
    if (answer.status === 200 && isPage(answer.body)) {
      const { events, more } = answer.body;
      heard.events(events);
      heard.head({ epoch, version: version + events.length });
      if (more) this.asked.delete(project);
    } else if (answer.status === 409) heard.subscribed("void");
    else if (answer.status === 404 || answer.status === 403) heard.gone();
  }
}

/** Else a proxy answered. */
function isPage(body: unknown): body is { events: readonly ProjectEvent[]; more: boolean } {
  return typeof body === "object" && body !== null && "events" in body && Array.isArray(body.events);
}
