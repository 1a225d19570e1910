import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import type { Balancer } from "./lib/balancer";
import { card, live, openBoard } from "./lib/board";
import type { Cluster } from "./lib/cluster";
import { foldedBy, samplesOf, watchPage } from "./lib/engine";
import { expect, type Person, test } from "./lib/flow";
import { type Fault, liesOf } from "./lib/truth";

/** How long each fault lasts. FAULT_SECONDS=30 is what the page has to bear; a shorter one shows the same rules. */
const lasting = Number(process.env["FAULT_SECONDS"] ?? 10) * 1_000;

interface World {
  balancer: Balancer;
  cluster: Cluster;
  ada: Person;
}

interface Kind {
  begin(world: World): Promise<void> | void;
  end(world: World): Promise<void> | void;
  /** Who says that they are offline while it lasts, with what they did kept. */
  offline?: "both" | "ada";
}

const faults: Record<string, Kind> = {
  "an instance is killed": {
    begin: ({ cluster }) => cluster.kill(0),
    end: ({ cluster }) => cluster.restart(0),
  },
  "Redis is stopped": {
    begin: ({ cluster }) => cluster.stopRedis(),
    end: ({ cluster }) => cluster.startRedis(),
  },
  "the network is cut": {
    begin: ({ balancer }) => balancer.cut(),
    end: ({ balancer }) => balancer.mend(),
    offline: "both",
  },
  "the network drops everything and nobody is told": {
    begin: ({ balancer }) => balancer.silence(),
    end: ({ balancer }) => balancer.mend(),
    offline: "both",
  },
  "one of them has no network": {
    begin: ({ ada }) => ada.context.setOffline(true),
    end: ({ ada }) => ada.context.setOffline(false),
    offline: "ada",
  },
};

/** Creates a task, and moves it to the next column. */
async function edit(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: "Create a task in Todo" }).click();
  const line = page.getByRole("textbox", { name: "Title of the new task" });
  await line.fill(title);
  await line.press("Enter");
  await line.press("Escape");
  await card(page, title).getByRole("button").focus();
  await page.keyboard.press("Control+Shift+ArrowRight");
}

/** Edits again and again until then, and answers the titles of what was made. */
async function editUntil(page: Page, name: string, end: () => boolean): Promise<string[]> {
  const titles: string[] = [];
  while (!end()) {
    const title = `${name} ${titles.length + 1}.`;
    titles.push(title);
    await edit(page, title);
  }
  return titles;
}

/** A third person, whom the fault does not touch, so the log goes on. */
async function writeUntil(api: Api, project: string, end: () => boolean): Promise<string[]> {
  const titles: string[] = [];
  while (!end()) {
    const title = `Eve ${titles.length + 1}.`;
    titles.push(title);
    const next = Date.now() + 250;
    await api.tasks(project, "backlog", [title]);
    await expect.poll(() => Date.now()).toBeGreaterThan(next);
  }
  return titles;
}

test.describe("two people edit", () => {
  test.use({ instances: 2, users: 3, balanced: true, cutsNetwork: true, viewport: { width: 1280, height: 2400 } });

  for (const [name, kind] of Object.entries(faults)) {
    test(`while ${name}, no edit is lost or doubled and the pill never lies`, async ({
      balancer,
      cluster,
      signedIn,
    }) => {
      test.setTimeout(lasting * 2 + 60_000);
      const api = Api.of(cluster, cluster.user(2), 1);
      const project = await api.project("Shop", [cluster.user(0), cluster.user(1)]);
      const ada = await signedIn(cluster.user(0), balancer.address);
      const bob = await signedIn(cluster.user(1), balancer.address);
      for (const { page } of [ada, bob]) {
        await watchPage(page, project);
        await openBoard(page, project);
      }
      const world = { balancer, cluster, ada };

      const fault: Fault = { from: Date.now(), to: Number.POSITIVE_INFINITY };
      let over = false;
      const isOver = () => over;
      const edits = Promise.all([
        editUntil(ada.page, "Ada", isOver),
        editUntil(bob.page, "Bob", isOver),
        writeUntil(api, project, isOver),
      ]);
      await kind.begin(world);
      await expect.poll(() => Date.now() - fault.from, { timeout: lasting * 2 }).toBeGreaterThan(lasting);
      await kind.end(world);
      fault.to = Date.now();
      // A while longer, so that what is kept and what is new are sent together.
      await expect.poll(() => Date.now() - fault.to).toBeGreaterThan(1_000);
      over = true;
      const made = (await edits).flat();

      await expect
        .poll(async () => (await api.allTasks(project)).map(({ title }) => title).sort(), { timeout: 20_000 })
        .toEqual(made.toSorted());
      for (const { page } of [ada, bob]) {
        await live(page);
        await expect.poll(() => differs(page, api, project), { timeout: 20_000 }).toBeNull();
      }
      const log = await api.events(project);
      const count = (type: string) => log.filter((event) => event.type === type).length;
      expect({ created: count("task.created"), moved: count("task.moved") }).toEqual({
        created: made.length,
        moved: made.filter((title) => !title.startsWith("Eve")).length,
      });
      for (const { page } of [ada, bob]) {
        const samples = await samplesOf(page);
        expect(liesOf(samples, log, fault)).toEqual([]);
        const wasOffline = samples.some(({ pill, kept }) => pill.startsWith("Offline") && kept > 1);
        if (kind.offline === "both" || (kind.offline === "ada" && page === ada.page)) expect(wasOffline).toBe(true);
      }
    });
  }
});

/** What the page has folded and what the server has, unless they are the same and nothing is unsent. */
async function differs(page: Page, api: Api, project: string) {
  const [folded, { version, digest }] = await Promise.all([foldedBy(page, project), api.digest(project)]);
  const isSame = folded.version === version && folded.digest === digest && folded.kept === 0;
  return isSame ? null : { folded, version, digest };
}
