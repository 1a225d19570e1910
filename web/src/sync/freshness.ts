// Whether what this tab shows is what the server has, as far as it can know.

import type { Clock, Position } from "./environment";
import type { Live } from "./live";
import type { Id } from "./model";

const beatLasts = 3_000;
/** An event may be on its way for so long before the page is called behind. */
const behindFor = 1_000;

export class Freshness {
  private leader: Live = "catching_up";
  private lastBeat = Number.NEGATIVE_INFINITY;
  private readonly heads = new Map<Id, Position>();
  private readonly behindSince = new Map<Id, number>();

  constructor(private readonly clock: Clock) {}

  /** The leading tab said how live it is. */
  beat(live: Live): void {
    this.leader = live;
    this.lastBeat = this.clock.now();
  }

  /** Nothing is known until the leading tab answers. */
  ask(): void {
    this.lastBeat = Number.NEGATIVE_INFINITY;
  }

  head(project: Id, head: Position): void {
    this.heads.set(project, head);
  }

  line(): Live {
    return this.clock.now() - this.lastBeat <= beatLasts ? this.leader : "catching_up";
  }

  /** The project was opened anew. */
  forget(project: Id): void {
    this.heads.delete(project);
  }

  judge(line: Live, stores: readonly { id: Id; epoch: string; version: number }[]): Live {
    const now = this.clock.now();
    let behind = false;
    for (const store of stores) {
      const head = this.heads.get(store.id);
      if (head === undefined) behind = true;
      const isBehind = head !== undefined && (head.epoch !== store.epoch || head.version > store.version);
      if (!isBehind) this.behindSince.delete(store.id);
      else if (!this.behindSince.has(store.id)) this.behindSince.set(store.id, now);
      behind ||= isBehind && now - (this.behindSince.get(store.id) ?? now) >= behindFor;
    }
    return behind && (line === "live" || line === "slow") ? "catching_up" : line;
  }
}
