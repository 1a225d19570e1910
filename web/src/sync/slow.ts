// Where no socket gets through: asks for new events every few seconds. The socket is tried on, and ends this when it stands.

import type { Environment, Heard, Position } from "./environment";
import type { Id } from "./model";

const failuresBefore = 3;
const askEvery = 3_000;
const page = 1_000;

export interface SlowHost {
  positions(): (readonly [Id, Position])[];
  heard(project: Id): Heard;
  changed(slowly: boolean): void;
}

export class SlowRoute {
  private failures = 0;
  private on = false;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly environment: Environment,
    private readonly host: SlowHost,
  ) {}

  attemptFailed(): void {
    this.failures += 1;
  }

  /** The server answers, though its socket does not. */
  reached(): void {
    if (this.on || this.failures < failuresBefore) return;
    this.on = true;
    this.host.changed(true);
    void this.ask();
  }

  end(): void {
    this.failures = 0;
    this.cancel();
    if (!this.on) return;
    this.on = false;
    this.host.changed(false);
  }

  private async ask(): Promise<void> {
    await Promise.all(this.host.positions().map(([project, position]) => this.askFor(project, position)));
    if (this.on) this.cancel = this.environment.clock.after(askEvery, () => void this.ask());
  }

  private async askFor(project: Id, { epoch, version }: Position): Promise<void> {
    const path = `projects/${project}/events?after=${version}&limit=${page}&epoch=${epoch}`;
    // Without an answer the next round asks again, and the line is no longer proven.
    const answer = await this.environment.http("GET", path).catch(() => null);
    if (!this.on || !answer) return;
    const heard = this.host.heard(project);
    if (answer.status === 200) {
      const { events } = answer.body as { events: readonly unknown[] };
      heard.events(events);
      heard.head({ epoch, version: version + events.length });
    } else if (answer.status === 409) heard.subscribed("void");
    else if (answer.status === 404 || answer.status === 403) heard.gone();
  }
}
