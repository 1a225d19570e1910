// What was asked before the network went away is not waited for once it is back. Where a network drops what is sent, nobody says
// so, and the browser itself would wait for minutes.

import type { Environment } from "./environment";

/** What was asked before the network was back has so long to be answered. */
const patience = 2_000;

export class Patience {
  private isAway = false;

  constructor(private readonly environment: Environment) {}

  /** A small question got no answer. */
  away(): void {
    this.isAway = true;
  }

  /** The server answers. */
  back(): void {
    if (!this.isAway) return;
    this.isAway = false;
    const { clock } = this.environment;
    const now = clock.now();
    clock.after(patience, () => this.environment.giveUp(now));
  }
}
