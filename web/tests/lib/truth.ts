// What the pill may say, judged after the faults are over.

import type { LoggedEvent } from "./api";
import type { Sample } from "./engine";

/** When a fault was there, in milliseconds since 1970. */
export interface Fault {
  from: number;
  to: number;
}

/** The page may be as old as this and still say that it is live. */
const oldest = 3_000;
/** So long after the network is back the page may still say that it is offline. */
const comesBackWithin = 5_000;

/** Where the pill lied, in words. */
export function liesOf(samples: readonly Sample[], log: readonly LoggedEvent[], fault: Fault): string[] {
  const committed = log.map(({ at, version }) => ({ at: Date.parse(at), version }));
  return samples.flatMap((sample) => {
    const { at, pill, version, kept } = sample;
    const known = Math.max(0, ...committed.filter((event) => event.at <= at - oldest).map((event) => event.version));
    const when = `${((at - fault.from) / 1_000).toFixed(1)} s after the fault began: "${pill}"`;
    const lies: string[] = [];
    if (pill.startsWith("Live") && version < known) lies.push(`${when} at version ${version} of ${known}`);
    if (pill.startsWith("Offline") && (at < fault.from || at > fault.to + comesBackWithin)) lies.push(when);
    if (pill.startsWith("Offline") && keptIn(pill) !== kept) lies.push(`${when} with ${kept} in the queue`);
    return lies;
  });
}

function keptIn(pill: string): number {
  return Number(/· ([\d,]+) kept$/.exec(pill)?.[1]?.replaceAll(",", "") ?? 0);
}
