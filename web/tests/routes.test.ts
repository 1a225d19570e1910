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
  await expect(page.getByRole("button", { name: "Live (slow route)" })).toBeVisible();
}

test.describe("where a proxy lets no WebSockets through", () => {
  test.use({ users: 2, cutsNetwork: true });

  test("two people see each other's changes as they happen, and a command takes one round trip", async ({
    cluster,
    signedIn,
  }) => {
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
    const sent = gateway.requests.slice(before).filter(({ method }) => method === "POST");
    expect(sent.map(({ path }) => path)).toEqual([`/api/v1/projects/${project}/commands`]);
    gateway.only(null);
    await expect(card(bobs, "Third")).toContainText("SHOP-3");
    for (const page of [adas, bobs]) await slow(page);
    await gateway.stop();
  });
});
