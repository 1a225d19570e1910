// The engine of a page, read beside what the page shows of it. React holds it as the value of a context.

import { createHash } from "node:crypto";
import type { Page } from "@playwright/test";
import { canonical } from "../../src/sync/fold/canonical";

/** What a page showed and had at one moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  at: number;
  pill: string;
  version: number;
  /** Commands that are not acknowledged. */
  kept: number;
}

interface Tables {
  project: unknown;
  members(): unknown[];
  tasks(): Iterable<{ id: string }>;
  allEdges(): unknown[];
}

interface Engine {
  state(): { kept: number };
  submit: unknown;
  projects: { get(id: string): { version: number; base: Tables } | null };
}

interface Fiber {
  child: Fiber | null;
  sibling: Fiber | null;
  memoizedProps: { value?: Engine } | null;
}

declare global {
  interface Window {
    engineForTests(): Engine | null;
    samples: Sample[];
  }
}

/** Runs in each document before anything of the page. */
function watch(project: string): void {
  window.samples = [];
  window.engineForTests = () => {
    const root = document.getElementById("root");
    const key = root && Object.keys(root).find((name) => name.startsWith("__reactContainer$"));
    if (!root || !key) return null;
    const { stateNode } = (root as unknown as Record<string, { stateNode: { current: Fiber } }>)[key] ?? {};
    const waiting = stateNode ? [stateNode.current] : [];
    for (let fiber = waiting.pop(); fiber; fiber = waiting.pop()) {
      const value = fiber.memoizedProps?.value;
      if (value?.submit && value.projects) return value;
      if (fiber.sibling) waiting.push(fiber.sibling);
      if (fiber.child) waiting.push(fiber.child);
    }
    return null;
  };
  let ranLast = Date.now();
  let judgedFrom = 0;
  const sample = (keptBefore: number): void => {
    const now = Date.now();
    // A page that got no time to run could say nothing new, and has a second to do what waits.
    if (now - ranLast > 300) judgedFrom = now + 1_000;
    ranLast = now;
    if (now < judgedFrom) return;
    const engine = window.engineForTests();
    const store = engine?.projects.get(project);
    const pill = document.querySelector("button[data-kind]")?.textContent;
    if (!engine || !store || pill === undefined) return;
    const { kept } = engine.state();
    if (kept === keptBefore) window.samples.push({ at: Date.now(), pill, version: store.version, kept });
    else setTimeout(sample, 16, kept);
  };
  // React draws a change of the queue in a task of its own, so the queue has to be the same for a frame.
  setInterval(sample, 100, -1);
}

/** Has the page write down, ten times a second, what it shows and what it has. To be called before the page is opened. */
export async function watchPage(page: Page, project: string): Promise<void> {
  await page.addInitScript(watch, project);
}

export const samplesOf = (page: Page): Promise<Sample[]> => page.evaluate(() => window.samples);

/** The version and the digest of a project as the page has folded it, and how many commands it still keeps. */
export async function foldedBy(
  page: Page,
  project: string,
): Promise<{ version: number; digest: string; kept: number }> {
  const { snapshot, kept } = await page.evaluate((id) => {
    const engine = window.engineForTests();
    const store = engine?.projects.get(id);
    if (!engine || !store) throw new Error("the page has no such project open");
    const { project: fields } = store.base;
    const tasks = [...store.base.tasks()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const dependencies = store.base.allEdges();
    const members = store.base.members();
    const all = { version: store.version, project: fields, members, tasks, dependencies };
    return { snapshot: all, kept: engine.state().kept };
  }, project);
  const digest = createHash("sha256").update(canonical(snapshot)).digest("hex");
  return { version: snapshot.version, digest, kept };
}
