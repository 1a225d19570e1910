// @vitest-environment node
// The fold and the digest against what the server's own fold made of random plans.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ProjectEvent, Snapshot } from "../model";
import { apply, begin } from "./apply";
import { canonical } from "./canonical";
import { digest } from "./digest";
import { everythingOf } from "./scan";

interface Plan {
  seed: number;
  events: [ProjectEvent, ...ProjectEvent[]];
  checkpoints: { version: number; digest: string }[];
  snapshot: Snapshot;
}

interface Vectors {
  plans: Plan[];
  canonical: { json: string; canonical: string }[];
}

const kept = new URL("../vectors/fold.json", import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(process.env["FOLD_VECTORS"] ?? kept, "utf8"));

describe.each(vectors.plans)("plan $seed", ({ events, checkpoints, snapshot }) => {
  it("folds to the server's digest at every checkpoint", async () => {
    expect(checkpoints.length).toBeGreaterThan(0);
    const tables = begin(events[0]);
    const found: Plan["checkpoints"] = [];
    for (const event of events.slice(1)) {
      apply(tables, event);
      if (checkpoints.some(({ version }) => version === event.version)) {
        found.push({ version: event.version, digest: await digest(tables, event.version) });
      }
    }
    expect(found).toEqual(checkpoints);
  });

  it("folds to the server's snapshot", () => {
    const tables = begin(events[0]);
    for (const event of events.slice(1)) apply(tables, event);
    const { epoch: _, version: __, ...expected } = snapshot;
    expect(everythingOf(tables)).toEqual(expected);
  });
});

it.each(vectors.canonical)("$json has one canonical form", ({ json, canonical: text }) => {
  expect(canonical(JSON.parse(json))).toBe(text);
});
