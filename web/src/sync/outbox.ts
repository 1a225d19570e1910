// Order and sizes of the queue and of what is sent of it at once, and what the server's answers mean.

import type { Problem, ProjectEvent } from "./model";
import type { Entry } from "./storage";

/** What became of a command. `event` is `null` when there was nothing to change. */
export type Outcome =
  | { readonly kind: "done"; readonly version: number; readonly event: ProjectEvent | null }
  | { readonly kind: "refused"; readonly problem: Problem };

export type Result = { version: number; event: ProjectEvent | null } | { problem: Problem };

/** Both limits of a batch: the server takes 500 commands, and a body stays well below its size limit. */
export const mostCommands = 500;
export const mostBytes = 200_000;

/** What is kept at most until it is sent. */
export const mostKept = 5_000;
export const mostKeptBytes = 16_000_000;

export const fullProblem: Problem = {
  code: "queue_full",
  title: "Too much is unsent",
  detail: "Nothing more can be kept on this device until what waits has been sent. Connect to the network first.",
  status: 507,
};

/** How much more can be kept until something is sent. */
export type Room = "enough" | "little" | "none";

export function roomBeside(commands: number, bytes: number): Room {
  const used = Math.max(commands / mostKept, bytes / mostKeptBytes);
  return used >= 1 ? "none" : used >= 0.8 ? "little" : "enough";
}

/** Sorts them as they were given. */
export function inOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0));
}

const encoder = new TextEncoder();

export function bytesOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

/** The first commands that make one batch, within both limits. */
export function firstBatch(entries: readonly Entry[], most = mostCommands): Entry[] {
  const batch: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += entry.bytes;
    if (batch.length === most || (batch.length > 0 && bytes > mostBytes)) break;
    batch.push(entry);
  }
  return batch;
}

export function outcomeOf(result: Result): Outcome {
  if ("problem" in result) return { kind: "refused", problem: result.problem };
  return { kind: "done", version: result.version, event: result.event };
}
