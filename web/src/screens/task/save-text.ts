// Saves a description without losing anybody's: where it changed meanwhile, the two are merged, or somebody chooses.

import { type Box, tick } from "../../markdown/task-list";
import type { Problem } from "../../sync/model";
import type { Outcome } from "../../sync/outbox";
import { type Block, mergeTexts, textOf } from "./merge";

export type Saved =
  | { readonly kind: "saved" }
  /** Somebody else's lines are in it too. `version` is the event that undoing takes back. */
  | { readonly kind: "merged"; readonly version: number }
  /** Both changed the same lines: each block has to be chosen. `version` is that of their text. */
  | { readonly kind: "conflict"; readonly blocks: readonly Block[]; readonly theirs: string; readonly version: number }
  | { readonly kind: "refused"; readonly outcome: Outcome };

export interface Begun {
  readonly text: string;
  /** What the text was when it was begun, and the version of the task then. */
  readonly base: string;
  readonly version: number;
}

export interface Described {
  readonly description: string;
  readonly version: number;
}

/** The description of one task. */
export interface Place {
  update(set: { description: string }, expect: number): Promise<Outcome>;
  /** As it is shown, with what is pending, and the version that the server confirmed. `null`: the task is gone. */
  shown(): Described | null;
  /** As the server has it, once this browser has what `problem` was given for. `null`: the task is gone. */
  after(problem: Problem): Promise<Described | null>;
}

/** Somebody may save faster than we do, but not for ever. */
const attempts = 10;

export async function saveText(place: Place, { text, base, version }: Begun): Promise<Saved> {
  let [mine, from, expect, merged] = [text, base, version, false];
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await place.update({ description: mine }, expect);
    if (outcome.kind === "done") return merged ? { kind: "merged", version: outcome.version } : { kind: "saved" };
    const now = isStale(outcome) && attempt < attempts ? await place.after(outcome.problem) : null;
    if (now === null) return { kind: "refused", outcome };
    if (now.description !== from) {
      const blocks = mergeTexts(mine, from, now.description);
      const both = textOf(blocks);
      if (both === null) return { kind: "conflict", blocks, theirs: now.description, version: now.version };
      [mine, merged] = [both, true];
    }
    [from, expect] = [now.description, now.version];
  }
}

/** Ticks a box: its line alone changes, on whatever the text is by then. `null`: the box is not there any more. */
export async function saveTick(place: Place, box: Box, checked: boolean): Promise<Outcome | null> {
  for (let attempt = 1; ; attempt += 1) {
    const shown = place.shown();
    const description = shown ? tick(shown.description, box, checked) : null;
    if (!shown || description === null) return null;
    const outcome = await place.update({ description }, shown.version);
    if (outcome.kind === "done" || !isStale(outcome) || attempt === attempts) return outcome;
    if ((await place.after(outcome.problem)) === null) return outcome;
  }
}

const isStale = (outcome: Outcome): outcome is Extract<Outcome, { kind: "refused" }> =>
  outcome.kind === "refused" && outcome.problem.code === "stale";
