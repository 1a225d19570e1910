// The one stream of a browser on the slow route: the events of the project on the screen, as the server writes them.

import type { Environment, Heard, Position } from "./environment";
import type { Id, ProjectEvent } from "./model";

/** The first event is asked for although it is known: where nothing comes by then, a proxy keeps the stream. */
const firstWithin = 3_000;
/** The server writes at least a comment every 15 seconds. */
const silentFor = 20_000;
/** A stream that does not get through is tried again after that long, one that ended after this. */
const tryAgainAfter = 60_000;
const openAgainAfter = 1_000;

interface Open {
  readonly project: Id;
  readonly openedAt: number;
  /** When something came last; `null`: nothing has yet. */
  sign: number | null;
  readonly stop: () => void;
}

export class SlowStream {
  private open: Open | null = null;
  private notBefore = 0;

  constructor(
    private readonly environment: Environment,
    private readonly host: { heard(project: Id): Heard; sign(): void },
  ) {}

  /** Whether the project's events are known to come by it. */
  carries(project: Id): boolean {
    return this.open?.project === project && this.open.sign !== null;
  }

  /** Called now and then with what is on the screen. */
  hold(project: Id | null, position: Position | undefined): void {
    const now = this.environment.clock.now();
    if (this.open && this.open.project !== project) this.close();
    if (this.open) this.watch(this.open, now);
    else if (project !== null && position && now >= this.notBefore) this.begin(project, position, now);
  }

  /** The network may be another one, and the stream dead without a word. */
  hurry(): void {
    this.close();
    this.notBefore = 0;
  }

  left(project: Id): void {
    if (this.open?.project === project) this.close();
  }

  close(): void {
    this.open?.stop();
    this.open = null;
  }

  private watch({ openedAt, sign }: Open, now: number): void {
    const isKept = sign === null && now - openedAt > firstWithin;
    if (isKept || (sign !== null && now - sign > silentFor)) this.end(isKept ? tryAgainAfter : openAgainAfter);
  }

  private end(pause: number): void {
    this.close();
    this.notBefore = this.environment.clock.now() + pause;
  }

  private begin(project: Id, { epoch, version }: Position, now: number): void {
    const after = Math.max(0, version - 1);
    const heard = this.host.heard(project);
    const isThis = () => this.open === open;
    const stop = this.environment.stream(`projects/${project}/events?after=${after}&epoch=${epoch}`, {
      sign: () => {
        if (!isThis()) return;
        open.sign = this.environment.clock.now();
        this.host.sign();
      },
      event: (name, data) => {
        if (isThis()) this.take(heard, epoch, name, data as ProjectEvent);
      },
      ended: () => {
        if (isThis()) this.end(open.sign === null ? tryAgainAfter : openAgainAfter);
      },
    });
    const open: Open = { project, openedAt: now, sign: null, stop };
    this.open = open;
  }

  /** Why it ends, the next question is told: then the position is void, or the project is closed to this person. */
  private take(heard: Heard, epoch: string, name: string, event: ProjectEvent): void {
    if (name === "resync") {
      this.end(openAgainAfter);
      return;
    }
    heard.events([event]);
    heard.head({ epoch, version: event.version });
  }
}
