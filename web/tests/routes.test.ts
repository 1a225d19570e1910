import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import { card } from "./lib/board";
import { expect, test } from "./lib/flow";
import { Gateway } from "./lib/gateway";

async function create(page: Page, title: string): Promise<void> {
  const line = page.getByRole("textbox", { name: "Title of the new task" });
  await line.fill(title);
  await line.press("Enter");
  await expect(line).toHaveValue("");
}

async function slow(page: Page): Promise<void> {
  // It is taken after three attempts of the socket.
  await expect(page.getByRole("banner")).toContainText("Live (slow route)", { timeout: 30_000 });
}

test.describe("where a proxy lets no WebSockets through", () => {
  test.use({ users: 2, cutsNetwork: true });

  test("two people see each other's changes as they happen, and a command takes one round trip", async ({
    cluster,
    signedIn,
  }) => {
    test.slow();
    const gateway = await Gateway.start(cluster.instances[0]?.http ?? "", { sockets: "refuse" });
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const project = await Api.of(cluster, ada).project("Shop", [bob]);
    const { page: adas } = await signedIn(ada, gateway.address);
    const { page: bobs } = await signedIn(bob, gateway.address);
    for (const page of [adas, bobs]) {
      await page.goto(`p/${project}`);
      await slow(page);
      await page.getByRole("button", { name: "Create a task in Todo" }).click();
    }
    const beforeStreaming = gateway.requests.length;
    await create(adas, "From Ada");
    await expect(card(bobs, "From Ada")).toContainText("SHOP-1");
    await create(bobs, "From Bob");
    await expect(card(adas, "From Bob")).toContainText("SHOP-2");

    const asked = gateway.requests.slice(beforeStreaming).filter(({ path }) => path.includes("/events?"));
    expect(asked, "what comes by the stream is not asked for").toEqual([]);

    // Nothing but the command itself gets through, and it is acknowledged.
    const before = gateway.requests.length;
    gateway.only(/\/commands$/);
    await create(adas, "Third");
    await expect(card(adas, "Third")).toContainText("SHOP-3");
    expect(gateway.commands(before).length).toBe(1);
    gateway.only(null);
    await expect(card(bobs, "Third")).toContainText("SHOP-3");
    for (const page of [adas, bobs]) await slow(page);
    await gateway.stop();
  });

  for (const streams of ["pass", "keep"] as const) {
    const how = streams === "pass" ? "passes streams" : "keeps streams too";
    test(`eight tabs on three projects work with six connections, where the proxy ${how}`, async ({
      cluster,
      signedIn,
    }) => {
      test.slow();
      const gateway = await Gateway.start(cluster.instances[0]?.http ?? "", { sockets: "refuse", streams, atOnce: 6 });
      const [ada, bob] = [cluster.user(0), cluster.user(1)];
      const [adasApi, bobsApi] = [Api.of(cluster, ada), Api.of(cluster, bob)];
      const names = ["Shop", "Mill", "Barn"];
      const projects = await Promise.all(names.map((name) => adasApi.project(name, [bob])));
      const { page: first, context } = await signedIn(ada, gateway.address);
      const tabs: { page: Page; project: string }[] = [];
      for (let tab = 0; tab < 8; tab += 1) {
        const page = tab === 0 ? first : await context.newPage();
        const project = projects[tab % 3] ?? "";
        await page.goto(`p/${project}`);
        await slow(page);
        tabs.push({ page, project });
      }

      for (const project of projects) await bobsApi.tasks(project, "todo", ["From Bob"]);
      for (const { page } of tabs) await expect(card(page, "From Bob")).toBeVisible({ timeout: 15_000 });

      for (const { page, project } of [tabs[0], tabs[7]].filter((tab) => tab !== undefined)) {
        const before = gateway.requests.length;
        await page.bringToFront();
        await page.getByRole("button", { name: "Create a task in Todo" }).click();
        await create(page, "From Ada");
        await expect(card(page, "From Ada")).toContainText("SHOP-2");
        expect(gateway.commands(before).length).toBe(1);
        expect(await bobsApi.column(project, "todo")).toEqual(["From Bob", "From Ada"]);
      }
      for (const { page } of tabs) await slow(page);
      const long = gateway.longAtOnce(/\/events/, 2_000);
      expect(long, "streams and questions that wait in one moment").toBeLessThanOrEqual(2);
      await gateway.stop();
    });
  }
});
