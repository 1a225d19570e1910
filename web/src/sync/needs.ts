// Which projects the tabs have open, as the leader knows it.

import type { Clock, Position } from "./environment";
import type { Id } from "./model";

/** A tab answers each beat. One that does not is closed, or frozen, and says so again when it wakes. */
const forgottenAfter = 60_000;

interface Need {
  readonly open: Readonly<Record<Id, Position>>;
  readonly visible: boolean;
  /** When it came into sight. */
  readonly since: number;
  readonly at: number;
}

export class Needs {
  private readonly tabs = new Map<Id, Need>();

  constructor(private readonly clock: Clock) {}

  set(tab: Id, open: Readonly<Record<Id, Position>>, visible: boolean): void {
    const at = this.clock.now();
    const before = this.tabs.get(tab);
    const since = visible && before?.visible ? before.since : at;
    this.tabs.set(tab, { open, visible, since, at });
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

  /** The projects that are in sight, the one that came into sight last first. */
  shown(): Id[] {
    const seen = [...this.tabs.values()].filter(({ visible }) => visible).sort((a, b) => b.since - a.since);
    return [...new Set(seen.flatMap(({ open }) => Object.keys(open)))];
  }
}

function older(a: Position | undefined, b: Position): Position {
  return a && a.version < b.version ? a : b;
}
