// What was measured, beside what, and how much of it is measured.

import { test } from "@playwright/test";

/** A quick run shows that everything works. Its figures are not judged. */
export const quick = process.env["BENCH_QUICK"] !== undefined;

export const shrunk = (size: number, to: number): number => (quick ? to : size);

export interface Row {
  readonly what: string;
  readonly unit: string;
  /** The samples of each side. */
  readonly figures: Readonly<Record<string, readonly number[]>>;
  readonly wanted?: Wanted;
}

export interface Wanted {
  /** What the judged figure is, in words. */
  readonly of: string;
  readonly judged: number;
  readonly bound: "at least" | "at most";
  readonly limit: number;
}

export const rowType = "measured";

/** Puts a line into the table, and fails the run where what is wanted does not hold. */
export function measured(row: Row): void {
  test.info().annotations.push({ type: rowType, description: JSON.stringify(row) });
}

export function holds({ judged, bound, limit }: Wanted): boolean {
  return bound === "at least" ? judged >= limit : judged <= limit;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new Error("nothing was measured");
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export const ratio = (of: readonly number[], to: readonly number[]): number => median(of) / median(to);

/** The rounds of a measurement. What is compared takes turns in them, so that a slow minute of the machine meets all alike. */
export async function rounds(count: number, run: (round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < shrunk(count, 1); round += 1) await run(round);
}
