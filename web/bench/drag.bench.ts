import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "@playwright/test";
import { Api } from "../tests/lib/api";
import { cardIn, column, live, middleOf } from "../tests/lib/board";
import type { Account } from "../tests/lib/cluster";
import { expect, test } from "../tests/lib/flow";
import { measured, median, rounds } from "./lib/measured";
import { freshBrowser, opened } from "./lib/usable";

declare global {
  interface Window {
    /** When things happened, by name, in ms since 1970, exact to parts of a millisecond. */
    times: Record<string, number>;
  }
}

const clientCode = readFileSync(
  new URL("../dist/centrifuge.js", `file://${createRequire(import.meta.url).resolve("centrifuge")}`),
  "utf8",
);

const forget = (): void => {
  window.times = {};
};

/** Notes when something was dropped first. Tabs of one browser share the clock. */
const noting = (): void => {
  window.times = {};
  document.addEventListener(
    "drop",
    () => (window.times["dropped"] ??= performance.timeOrigin + performance.now()),
    true,
  );
};

/** A tab with nothing but the official client, which follows the project: it notes when it hears of an event. */
async function bareClient(browser: Browser, address: string, who: Account, project: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: address, bypassCSP: true });
  const page = await context.newPage();
  await page.goto("health/live");
  await page.addScriptTag({ content: clientCode });
  await page.evaluate(
    async ({ socket, token, channel }) => {
      window.times = {};
      const { Centrifuge } = window as unknown as { Centrifuge: typeof import("centrifuge").Centrifuge };
      const client = new Centrifuge(socket, { token });
      const subscription = client.newSubscription(channel);
      subscription.on("publication", () => (window.times["heard"] ??= performance.timeOrigin + performance.now()));
      subscription.subscribe();
      client.connect();
      await subscription.ready(20_000);
    },
    {
      socket: `${address.replace(/^http/, "ws")}/connection/websocket`,
      token: who.token,
      channel: `project:${project}`,
    },
  );
  return page;
}

/** Notes when a card was drawn in a column: the first timer after the frame in which it came into the document. */
async function awaitCard(page: Page, status: string): Promise<void> {
  await page.evaluate((key) => {
    window.times = {};
    const list = document.querySelector(`[data-column="${key}"]`);
    if (!list) throw new Error("no column");
    const now = () => performance.timeOrigin + performance.now();
    const observer = new MutationObserver(() => {
      if (!list.querySelector("[data-card]")) return;
      observer.disconnect();
      window.times["there"] = now();
      requestAnimationFrame(() => setTimeout(() => (window.times["drawn"] = now())));
    });
    observer.observe(list, { childList: true, subtree: true });
  }, status);
}

/** When something that was begun happened. It is looked for by a timer, because a page may draw no frames. */
async function time(page: Page, name: string): Promise<number> {
  const options = { polling: 20, timeout: 20_000 };
  const handle = await page
    .waitForFunction((of) => window.times[of], name, options)
    .catch(async (error: unknown) => {
      const times = JSON.stringify(await page.evaluate(() => window.times));
      throw new Error(`nothing was "${name}" within ${options.timeout} ms, only ${times}`, { cause: error });
    });
  return (await handle.jsonValue()) ?? Number.NaN;
}

async function drag(page: Page, from: string, to: string): Promise<void> {
  const card = await middleOf(cardIn(page, from, "The card"));
  const target = await middleOf(column(page, to));
  await page.mouse.move(card.x, card.y);
  await page.mouse.down();
  await page.mouse.move(target.x, card.y + 8, { steps: 6 });
  await page.mouse.move(target.x, card.y + 10);
  await page.mouse.up();
}

test("a drag that another person sees, beside a bare client's delivery", async ({ browser, cluster }) => {
  const [ada, bob] = [cluster.user(0), cluster.user(1)];
  const [first, second] = cluster.instances.map(({ http }) => http);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop", [bob]);
  await api.tasks(project, "todo", ["The card"]);
  const { page: adas } = await opened(await freshBrowser(browser, first ?? "", ada), `p/${project}`);
  const { page: bobs } = await opened(await freshBrowser(browser, second ?? "", bob), `p/${project}`);
  const bare = await bareClient(browser, second ?? "", bob, project);
  await live(adas);
  await live(bobs);
  await adas.evaluate(noting);
  const samples = { seen: [] as number[], there: [] as number[], bare: [] as number[] };
  const columns = [
    { name: "Todo", key: "todo" },
    { name: "In progress", key: "in_progress" },
  ] as const;
  await rounds(21, async (round) => {
    const [from, to] = round % 2 === 0 ? columns : [columns[1], columns[0]];
    for (const page of [adas, bare]) await page.evaluate(forget);
    await awaitCard(bobs, to.key);
    await adas.bringToFront();
    await drag(adas, from.name, to.name);
    const dropped = await time(adas, "dropped");
    samples.seen.push((await time(bobs, "drawn")) - dropped);
    samples.there.push((await time(bobs, "there")) - dropped);
    samples.bare.push((await time(bare, "heard")) - dropped);
    await expect(cardIn(adas, to.name, "The card")).toBeVisible();
  });
  measured({
    what: "from the drop until it is heard of on the other instance",
    unit: "ms",
    figures: {
      "drawn in the other's board": samples.seen,
      "in its document": samples.there,
      "bare client": samples.bare,
    },
    wanted: { of: "drawn of bare", judged: median(samples.seen) / median(samples.bare), bound: "at most", limit: 2 },
  });
});

test.use({ instances: 2, users: 2 });
