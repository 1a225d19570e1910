// Which projects the tabs have open, as the leader knows it.

import type { Clock, Position } from "./environment";
import type { Id } from "./model";

/** A tab answers each beat. One that does not is closed, or frozen, and says so again when it wakes. */
const forgottenAfter = 60_000;

interface Need {
  readonly open: Readonly<Record<Id, Position>>;
  readonly visible: boolean;
  readonly at: number;
}

export class Needs {
  private readonly tabs = new Map<Id, Need>();

  constructor(private readonly clock: Clock) {}

  set(tab: Id, open: Readonly<Record<Id, Position>>, visible: boolean): void {
    this.tabs.set(tab, { open, visible, at: this.clock.now() });
  }

  drop(tab: Id): void {
    this.tabs.delete(tab);
  }

  /** Every project that some tab has open, from the oldest position. */
  all(): Map<Id, Position> {
    const all = new Map<Id, Position>();
    for (const [tab, { open, at }] of this.tabs) {
      if (this.clock.now() - at > forgottenAfter) this.tabs.delete(tab);
      else for (const [id, position] of Object.entries(open)) all.set(id, older(all.get(id), position));
    }
    return all;
  }

  /** Whether somebody looks at one of the tabs. */
  watched(): boolean {
    return [...this.tabs.values()].some(({ visible }) => visible);
  }
}

function older(a: Position | undefined, b: Position): Position {
  return a && a.version < b.version ? a : b;
}
