import type { CDPSession, Page } from "@playwright/test";
import { Api } from "../tests/lib/api";
import { filled } from "../tests/lib/fill";
import { test } from "../tests/lib/flow";
import { measured, ratio, rounds, shrunk } from "./lib/measured";
import { freshBrowser, opened } from "./lib/usable";

const pixelsPerSecond = 2_000;
const seconds = shrunk(5, 1);

/** Scrolls a column from its top at a fixed speed, and counts the frames. */
async function frames(page: Page): Promise<number> {
  await page.bringToFront();
  return page.evaluate(
    ([speed, time]) =>
      new Promise<number>((resolve) => {
        const column = document.querySelector('[data-column="todo"]');
        if (!column) throw new Error("no column");
        let drawn = 0;
        let start: number | null = null;
        const step = (now: number) => {
          start ??= now;
          const passed = (now - start) / 1_000;
          if (passed >= time) return resolve(drawn / passed);
          drawn += 1;
          column.scrollTop = passed * speed;
          requestAnimationFrame(step);
        };
        column.scrollTop = 0;
        requestAnimationFrame(step);
      }),
    [pixelsPerSecond, seconds] as const,
  );
}

/** What the scripts hold once nothing more can be thrown away, in MB. */
async function heap(cdp: CDPSession): Promise<number> {
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  return usedSize / 1_000_000;
}

test("scrolling 50,000 tasks, and what they take of memory", async ({ browser, cluster }) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const few = await filled(api, { tasks: shrunk(500, 100) });
  const many = await filled(api, { tasks: shrunk(50_000, 1_000) });
  const context = await freshBrowser(browser, cluster.instances[0]?.http ?? "", ada);
  const { page: small } = await opened(context, `p/${few}`);
  const { page: large } = await opened(context, `p/${many}`);
  await large.getByRole("button", { name: "Live", exact: true }).waitFor();
  const counts: { small: number[]; large: number[] } = { small: [], large: [] };
  await rounds(5, async () => {
    counts.small.push(await frames(small));
    counts.large.push(await frames(large));
  });
  measured({
    what: "frames while a column scrolls with 2,000 px/s",
    unit: "a second",
    figures: { "50,000 tasks": counts.large, "500 tasks": counts.small },
    wanted: { of: "50,000 of 500", judged: ratio(counts.large, counts.small), bound: "at least", limit: 0.9 },
  });
  const used = await heap(await context.newCDPSession(large));
  measured({
    what: "heap of the scripts with 50,000 tasks",
    unit: "MB",
    figures: { heap: [used] },
    wanted: { of: "heap", judged: used, bound: "at most", limit: 400 },
  });
  await context.close();
});
