// The commands that this browser has under way: shown at once, sent in order, each with the id it was born with.

import type { Command, Id, Moment, Problem, ProjectEvent } from "./model";
import type { Pending } from "./store";

export interface Kept extends Pending {
  readonly project: Id;
  readonly settle: (outcome: Outcome) => void;
}

/** What became of a command. */
export type Outcome =
  | { readonly kind: "done"; readonly version: number; readonly event: ProjectEvent | null }
  | { readonly kind: "refused"; readonly problem: Problem };

type Result = { version: number; event: ProjectEvent | null } | { problem: Problem };

/** Both limits of a batch: the server takes 500 commands, and a body stays well below its size limit. */
export const mostCommands = 500;
export const mostBytes = 200_000;

/** The first commands that make one batch: of one project, within both limits. */
export function firstBatch(kept: readonly Kept[]): Kept[] {
  const batch: Kept[] = [];
  let bytes = 0;
  for (const one of kept) {
    bytes += new TextEncoder().encode(JSON.stringify(one.command)).length;
    const full = batch.length === mostCommands || (batch.length > 0 && bytes > mostBytes);
    if (full || one.project !== kept[0]?.project) break;
    batch.push(one);
  }
  return batch;
}

export function newCommand(command: Command): Command & { command_id: Id } {
  return { ...command, command_id: crypto.randomUUID() };
}

export function outcomeOf(result: Result): Outcome {
  if ("problem" in result) return { kind: "refused", problem: result.problem };
  return { kind: "done", version: result.version, event: result.event };
}

export function now(): Moment {
  return new Date().toISOString();
}
