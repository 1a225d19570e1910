import { Api } from "./lib/api";
import { card, openBoard } from "./lib/board";
import { expect, test } from "./lib/flow";

const kB = 1_000;

test.use({ users: 2 });

test("the first load of a board is at most 250 kB of compressed script, and 400 kB in all", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const project = await Api.of(cluster, ada).project("Shop");
  const { page, context } = await signedIn(ada, 0);
  await page.close();
  const first = await context.newPage();
  // The other screens are fetched when there is nothing else to do, which is never here.
  await first.addInitScript(() => {
    window.requestIdleCallback = () => 0;
  });
  await openBoard(first, project);
  const loaded = await first.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return entries.map((entry) => {
      const { name, encodedBodySize } = entry as PerformanceResourceTiming;
      return { name: new URL(name).pathname, size: encodedBodySize };
    });
  });
  const sizes = loaded.map(({ name, size }) => `${name} ${size}`).join("\n");
  const sum = (entries: typeof loaded) => entries.reduce((all, { size }) => all + size, 0);
  const script = sum(loaded.filter(({ name }) => name.endsWith(".js")));
  expect(script, sizes).toBeGreaterThan(50 * kB);
  expect(script, sizes).toBeLessThanOrEqual(250 * kB);
  expect(sum(loaded), sizes).toBeLessThanOrEqual(400 * kB);
});

test("a board of 2,000 tasks is at most 2,000 nodes, and a card that somebody else changed is drawn alone and names them", async ({
  cluster,
  signedIn,
}) => {
  const [ada, bob] = [cluster.user(0), cluster.user(1)];
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop", [bob]);
  const statuses = ["backlog", "todo", "in_progress", "in_review"];
  for (const status of statuses) {
    await api.tasks(
      project,
      status,
      Array.from({ length: 500 }, (_, n) => `${status} ${n + 1}.`),
    );
  }
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  await expect(card(page, "todo 2.")).toBeVisible();
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThanOrEqual(2_000);

  await page.evaluate(() => {
    const board = document.querySelector("[data-board]");
    if (!board) throw new Error("no board");
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        element?.closest("[data-card]")?.setAttribute("data-drawn", "");
      }
    }).observe(board, { subtree: true, childList: true, characterData: true, attributeFilter: ["title", "class"] });
  });
  const changed = (await api.allTasks(project)).find(({ title }) => title === "todo 2.");
  const named = page.locator("[data-card]").filter({ hasText: "changed by" });
  const byBob = named.filter({ hasText: bob.name }).waitFor();
  const update = { type: "task.update", task: changed?.id, set: { title: "Another title" } };
  await Api.of(cluster, bob).commands(project, [update]);
  await byBob;
  await expect(card(page, "Another title")).toBeVisible();
  await expect(named).toHaveCount(0);
  await expect(page.locator("[data-drawn]")).toHaveCount(1);
});
