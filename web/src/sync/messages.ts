// What the tabs of one person tell each other.

import type { Position } from "./environment";
import type { Live } from "./live";
import type { Id, ProjectEvent } from "./model";
import type { Outcome } from "./outbox";
import type { Here } from "./presence";
import type { Draft, Entry, Refused } from "./storage";

export interface Settled {
  readonly command: Id;
  readonly outcome: Outcome;
  readonly refused?: Refused;
}

/** The leading tab is awake: how live it is, and where the projects stand that it follows. */
export interface Beat {
  readonly type: "beat";
  readonly tab: Id;
  readonly live: Live;
  readonly heads: Readonly<Record<Id, Position>>;
  /** Who is in each project; `null` while nobody knows. */
  readonly here: Readonly<Record<Id, readonly Here[] | null>>;
}

/** The projects that a tab has open, with its own positions, and whether it is on the screen. */
export interface OwnNeeds {
  readonly type: "needs";
  readonly tab: Id;
  readonly open: Readonly<Record<Id, Position>>;
  readonly visible: boolean;
}

export type Message =
  | Beat
  | { readonly type: "ask" }
  | OwnNeeds
  | { readonly type: "bye"; readonly tab: Id }
  | { readonly type: "events"; readonly project: Id; readonly events: readonly ProjectEvent[] }
  | { readonly type: "reload"; readonly project: Id }
  | { readonly type: "gone"; readonly project: Id }
  | { readonly type: "own"; readonly topic: string }
  | { readonly type: "queued"; readonly entries: readonly Entry[] }
  | { readonly type: "tried"; readonly commands: readonly Id[] }
  | { readonly type: "settled"; readonly settled: readonly Settled[] }
  | { readonly type: "refused"; readonly removed: readonly number[] }
  | { readonly type: "withdraw"; readonly commands: readonly Id[] }
  | { readonly type: "draft"; readonly key: string; readonly draft: Draft | null }
  | { readonly type: "say"; readonly project: Id; readonly data: unknown }
  | { readonly type: "said"; readonly project: Id; readonly data: unknown; readonly by: Speaker };

export interface Speaker {
  readonly user: Id;
  readonly client: string;
}
