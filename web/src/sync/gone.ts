// What became of the commands that left the queue last, for tabs that did not hear of it. One that is forgotten is sent again by
// such a tab, and answered alike.

import type { Settled } from "./messages";
import type { Id } from "./model";

const most = 1_000;

export class Gone {
  private readonly all = new Map<Id, Settled>();

  remember(settled: Settled): void {
    this.all.delete(settled.command);
    this.all.set(settled.command, settled);
    if (this.all.size <= most) return;
    const [oldest] = this.all.keys();
    if (oldest !== undefined) this.all.delete(oldest);
  }

  has(command: Id): boolean {
    return this.all.has(command);
  }

  of(command: Id): Settled | undefined {
    return this.all.get(command);
  }
}
