import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import { card, cardIn, column, live, openBoard, titlesIn } from "./lib/board";
import { expect, test } from "./lib/flow";

/** So high that all cards of a column are in the document. */
const viewport = { width: 1280, height: 2400 };

async function beginCreating(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Create a task in Todo" }).click();
}

async function create(page: Page, title: string): Promise<void> {
  const line = page.getByRole("textbox", { name: "Title of the new task" });
  await line.fill(title);
  await line.press("Enter");
  await expect(line).toHaveValue("");
}

test.describe("when the connection fails", () => {
  test.use({ instances: 2, users: 2, balanced: true, cutsNetwork: true });

  test("no edit is lost or doubled when an instance is killed while two people edit", async ({
    balancer,
    cluster,
    signedIn,
  }) => {
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const api = Api.of(cluster, ada, 1);
    const project = await api.project("Shop", [bob]);
    const { page: adas } = await signedIn(ada, balancer.address, { viewport });
    const { page: bobs } = await signedIn(bob, balancer.address, { viewport });
    const pages = { Ada: adas, Bob: bobs };
    for (const page of Object.values(pages)) {
      await openBoard(page, project);
      await beginCreating(page);
    }
    const titles: string[] = [];
    for (let n = 1; n <= 8; n += 1) {
      // What is sent just before the instance dies gets no answer.
      if (n === 4) balancer.silence();
      for (const [name, page] of Object.entries(pages)) {
        titles.push(`${name} ${n}.`);
        await create(page, `${name} ${n}.`);
      }
      if (n !== 4) continue;
      await cluster.kill(0);
      balancer.mend();
    }

    await expect
      .poll(async () => (await api.column(project, "todo")).sort(), { timeout: 20_000 })
      .toEqual(titles.toSorted());
    const order = await api.column(project, "todo");
    for (const page of Object.values(pages)) {
      await live(page);
      await expect.poll(() => titlesIn(page, "Todo")).toEqual(order);
    }
  });

  test("edits without a network are kept, counted, and sent once and in order when it is back", async ({
    balancer,
    cluster,
    signedIn,
  }) => {
    const ada = cluster.user(0);
    const api = Api.of(cluster, ada);
    const project = await api.project("Shop");
    const { page } = await signedIn(ada, balancer.address);
    await openBoard(page, project);
    balancer.cut();
    await expect(page.getByRole("button", { name: "Offline", exact: true })).toBeVisible();

    await beginCreating(page);
    await create(page, "First");
    await create(page, "Second");
    await page.keyboard.press("Escape");
    await card(page, "First").getByRole("button").focus();
    await page.keyboard.press("Control+Shift+ArrowRight");
    await expect(cardIn(page, "In progress", "First")).toBeVisible();
    await expect(page.getByRole("button", { name: "Offline · 3 kept" })).toBeVisible();
    expect(await api.allTasks(project)).toEqual([]);

    balancer.mend();
    await live(page);
    await expect(card(page, "First")).toContainText("SHOP-1");
    await expect(card(page, "Second")).toContainText("SHOP-2");
    const { events } = await api.send<{ events: { type: string }[] }>("GET", `projects/${project}/events?after=0`);
    const changes = events.map((event) => event.type).filter((type) => type.startsWith("task."));
    expect(changes).toEqual(["task.created", "task.created", "task.moved"]);
    await expect(column(page, "Todo")).toBeVisible();
  });
});
