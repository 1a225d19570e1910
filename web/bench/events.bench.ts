import type { CDPSession, Page } from "@playwright/test";
import { Api, type Task } from "../tests/lib/api";
import { live } from "../tests/lib/board";
import { filled } from "../tests/lib/fill";
import { expect, test } from "../tests/lib/flow";
import { measured, ratio, rounds, shrunk } from "./lib/measured";
import { freshBrowser, opened } from "./lib/usable";

const seconds = shrunk(8, 2);
const everyMs = 20;

interface Spent {
  readonly script: number;
  readonly task: number;
}

/** What the page's main thread has done so far, in ms: in scripts, and in all. */
async function spent(cdp: CDPSession): Promise<Spent> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name: string) => (metrics.find((metric) => metric.name === name)?.value ?? Number.NaN) * 1_000;
  return { script: of("ScriptDuration"), task: of("TaskDuration") };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Changes titles, each by a request of its own, evenly over the time, and answers how many. */
async function change(api: Api, project: string, tasks: readonly Task[], aSecond: number): Promise<number> {
  const under: Promise<void>[] = [];
  const count = aSecond * seconds;
  const start = performance.now();
  while (under.length < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - start) / 1_000) * aSecond));
    while (under.length < due) {
      const n = under.length;
      const task = tasks[(n * 7) % tasks.length];
      under.push(api.commands(project, [{ type: "task.update", task: task?.id, set: { title: `Change ${n}` } }]));
    }
    await pause(everyMs);
  }
  await Promise.all(under);
  return count;
}

class Watched {
  constructor(
    private readonly api: Api,
    private readonly project: string,
    private readonly page: Page,
    private readonly cdp: CDPSession,
    private readonly tasks: readonly Task[],
  ) {}

  /** Of each event what it took the page, in ms, without what the page does anyway in the same time. */
  async each(aSecond: number): Promise<Spent> {
    const [idle, idleMs] = await this.during(() => pause(seconds * 1_000));
    let count = 0;
    const [busy, busyMs] = await this.during(async () => {
      count = await change(this.api, this.project, this.tasks, aSecond);
      await this.caughtUp();
    });
    const net = (of: keyof Spent) => (busy[of] - (idle[of] * busyMs) / idleMs) / count;
    return { script: net("script"), task: net("task") };
  }

  private async during(run: () => Promise<void>): Promise<[Spent, number]> {
    const [before, start] = [await spent(this.cdp), performance.now()];
    await run();
    const [after, ms] = [await spent(this.cdp), performance.now() - start];
    return [{ script: after.script - before.script, task: after.task - before.task }, ms];
  }

  /** The page shows a change that came after all others. */
  private async caughtUp(): Promise<void> {
    const title = `The last one ${crypto.randomUUID()}`;
    await this.api.commands(this.project, [{ type: "task.update", task: this.tasks[0]?.id, set: { title } }]);
    await expect(this.page.getByTitle(title)).toBeVisible({ timeout: 60_000 });
  }
}

test("what an event takes the page at 50 and at 500 a second", async ({ browser, cluster }) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await filled(api, { tasks: 500 });
  const tasks = await api.allTasks(project);
  const context = await freshBrowser(browser, cluster.instances[0]?.http ?? "", ada);
  const { page } = await opened(context, `p/${project}`);
  await live(page);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Performance.enable");
  const watched = new Watched(api, project, page, cdp, tasks);
  const few: Spent[] = [];
  const many: Spent[] = [];
  await rounds(3, async () => {
    few.push(await watched.each(shrunk(50, 20)));
    many.push(await watched.each(shrunk(500, 100)));
  });
  const side = (samples: readonly Spent[], of: keyof Spent) => samples.map((sample) => sample[of]);
  const [at50, at500] = [side(few, "script"), side(many, "script")];
  measured({
    what: "script for an event",
    unit: "ms",
    figures: { "at 500/s": at500, "at 50/s": at50 },
    wanted: { of: "500/s of 50/s", judged: ratio(at500, at50), bound: "at most", limit: 1.2 },
  });
  measured({
    what: "everything on the main thread for an event",
    unit: "ms",
    figures: { "at 500/s": side(many, "task"), "at 50/s": side(few, "task") },
  });
  await context.close();
});
