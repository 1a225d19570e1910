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
  private heads = new Map<Id, Position>();
  /** When each project was last known to be as the server has it. */
  private readonly currentAt = new Map<Id, number>();

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

  /** Where the logs end. A project that is not among them may have gone on unheard. */
  know(heads: Readonly<Record<Id, Position>>): void {
    this.heads = new Map(Object.entries(heads));
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
      if (head?.epoch === store.epoch && head.version <= store.version) this.currentAt.set(store.id, now);
      const currentAt = this.currentAt.get(store.id) ?? Number.NEGATIVE_INFINITY;
      behind ||= head === undefined || now - currentAt >= behindFor;
    }
    return behind && (line === "live" || line === "slow") ? "catching_up" : line;
  }
}
