import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import { card, cardIn, live, openBoard } from "./lib/board";
import { keptOnDevice } from "./lib/device";
import { expect, giveNameAndPassword, test } from "./lib/flow";
import { Gateway } from "./lib/gateway";

async function create(page: Page, title: string): Promise<void> {
  const line = page.getByRole("textbox", { name: "Title of the new task" });
  if (!(await line.isVisible())) await page.getByRole("button", { name: "Create a task in Todo" }).click();
  await line.fill(title);
  await line.press("Enter");
  await expect(line).toHaveValue("");
}

async function offline(page: Page, kept: number): Promise<void> {
  await expect(page.getByRole("button", { name: `Offline · ${kept} kept` })).toBeVisible();
}

/** Which tab has the lead, by the id that the browser gave it. */
function leader(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    const { held } = await navigator.locks.query();
    return held?.find(({ name }) => name?.includes(" tabs "))?.clientId;
  });
}

test.use({ cutsNetwork: true });

test("what two tabs did offline is sent once and in order by the one that is not frozen, and nothing is doubled when the other wakes", async ({
  cluster,
  signedIn,
}) => {
  const gateway = await Gateway.start(cluster.instances[0]?.http ?? "");
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  // The first tab has the lead.
  const { page: leading, context } = await signedIn(ada, gateway.address);
  await openBoard(leading, project);
  const other = await context.newPage();
  await openBoard(other, project);
  gateway.cut();
  const titles = ["One", "Two", "Three", "Four"];
  for (const [index, title] of titles.entries()) await create(index % 2 === 0 ? leading : other, title);
  for (const page of [leading, other]) await offline(page, 4);

  const before = gateway.requests.length;
  const frozen = await leader(other);
  const devtools = await context.newCDPSession(leading);
  await devtools.send("Debugger.enable");
  const paused = new Promise((resolve) => devtools.once("Debugger.paused", resolve));
  const stopped = devtools.send("Runtime.evaluate", { expression: "debugger" });
  await paused;
  await expect.poll(() => leader(other)).not.toBe(frozen);
  gateway.mend();
  await expect.poll(() => api.column(project, "todo"), { timeout: 5_000 }).toEqual(titles);
  await live(other);
  expect(gateway.commands(before).length).toBe(1);

  await devtools.send("Debugger.resume");
  await stopped;
  await devtools.detach();
  await live(leading);
  for (const page of [leading, other]) await expect(card(page, "Four")).toContainText("SHOP-4");
  expect(await api.titlesCreated(project)).toEqual(titles);
  await gateway.stop();
});

test("without locks, as on a page without HTTPS, two tabs send what they did offline once and in order", async ({
  cluster,
  signedIn,
}) => {
  const gateway = await Gateway.start(cluster.instances[0]?.http ?? "");
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const { page: first, context } = await signedIn(ada, gateway.address);
  await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "locks"));
  await openBoard(first, project);
  const second = await context.newPage();
  await openBoard(second, project);
  gateway.cut();
  const titles = ["One", "Two", "Three", "Four"];
  for (const [index, title] of titles.entries()) await create(index % 2 === 0 ? first : second, title);
  for (const page of [first, second]) await offline(page, 4);
  gateway.mend();
  for (const page of [first, second]) {
    await live(page);
    await expect(card(page, "Four")).toContainText("SHOP-4");
  }
  expect(await api.titlesCreated(project)).toEqual(titles);

  await create(first, "Five");
  await expect(card(second, "Five")).toContainText("SHOP-5");
  await create(second, "Six");
  await expect(card(first, "Six")).toContainText("SHOP-6");
  expect(await api.titlesCreated(project)).toEqual([...titles, "Five", "Six"]);
  await gateway.stop();
});

test("where nothing is kept on the device, leaving with unsent changes asks", async ({ cluster, signedIn }) => {
  const gateway = await Gateway.start(cluster.instances[0]?.http ?? "");
  const ada = cluster.user(0);
  const project = await Api.of(cluster, ada).project("Shop");
  const { page, context } = await signedIn(ada, gateway.address);
  await context.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
  await openBoard(page, project);
  gateway.cut();
  await create(page, "Only here");
  await offline(page, 1);
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();

  gateway.mend();
  await expect(card(page, "Only here")).toContainText("SHOP-1");
  await live(page);
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
  await gateway.stop();
});

test("undo of a change that may have been sent says that it waits, and happens once the network is back", async ({
  cluster,
  signedIn,
}) => {
  const gateway = await Gateway.start(cluster.instances[0]?.http ?? "");
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const { page } = await signedIn(ada, gateway.address);
  await openBoard(page, project);
  gateway.cut();
  const tried = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/commands"));
  await create(page, "Perhaps sent");
  await page.keyboard.press("Escape");
  await tried;
  await offline(page, 1);
  await page.keyboard.press("Control+z");
  const notices = page.getByRole("region", { name: "Notices" });
  await expect(notices).toContainText("Undo waits for the network");
  gateway.mend();
  await expect(notices).toContainText("Undone");
  await expect(card(page, "Perhaps sent")).toHaveCount(0);
  expect(await api.column(project, "todo")).toEqual([]);
  expect(await api.titlesCreated(project)).toEqual(["Perhaps sent"]);
  await gateway.stop();
});

test("a move that the server refuses, for a reason that the page could not know, is shown and goes back with the reason", async ({
  cluster,
  signedIn,
}) => {
  const gateway = await Gateway.start(cluster.instances[0]?.http ?? "");
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const [first] = await api.tasks(project, "todo", ["Build"]);
  const [second] = await api.tasks(project, "in_review", ["Sell"]);
  const { page } = await signedIn(ada, gateway.address);
  await openBoard(page, project);
  gateway.cut();
  await api.commands(project, [{ type: "dependency.add", task: second, on: first }]);
  await card(page, "Sell").getByRole("button").focus();
  await page.keyboard.press("Control+Shift+ArrowRight");
  await offline(page, 1);
  await expect(cardIn(page, "Done", "Sell")).toBeVisible();
  gateway.mend();
  await expect(cardIn(page, "In review", "Sell")).toBeVisible();
  await expect(page.getByRole("region", { name: "Notices" })).toContainText("SHOP-2 waits for SHOP-1.");
  await expect(page.getByRole("button", { name: "Refused", exact: true })).toBeVisible();
  expect(await api.column(project, "in_review")).toEqual(["Sell"]);
  await gateway.stop();
});

test.describe("a second person in the same browser", () => {
  // What was asked for in the ended session, and what the second person may not see.
  test.use({ users: 2, expectedErrors: /status of 40[14]/ });

  test("sees nothing of the first, whose unsent changes and drafts wait until they sign in again", async ({
    cluster,
    signedIn,
  }) => {
    const gateway = await Gateway.start(cluster.instances[0]?.http ?? "");
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const api = Api.of(cluster, ada);
    const own = await api.project("Secret shop");
    const shared = await api.project("Shop", [bob]);
    await api.tasks(shared, "todo", ["Shared task"]);
    const { page } = await signedIn(ada, gateway.address);
    const copies = async () => (await keptOnDevice(page, ada.id))?.copies.length;
    await openBoard(page, own);
    await expect.poll(copies).toBe(1);
    await openBoard(page, shared);
    await card(page, "Shared task").click();
    await page.getByRole("button", { name: "Write a comment" }).click();
    const comment = page.getByRole("textbox", { name: "Comment" });
    await comment.fill("Secret draft");
    await expect.poll(async () => (await keptOnDevice(page, ada.id))?.drafts.length).toBe(1);
    await expect.poll(copies).toBe(2);
    gateway.cut();
    await create(page, "Secret plan");
    await offline(page, 1);

    await api.endOtherSessions();
    gateway.mend();
    await page.getByRole("alertdialog").getByRole("button", { name: "Use another account" }).click();
    await expect(page.getByLabel("E-mail")).toBeVisible();
    const before = await keptOnDevice(page, ada.id);
    expect([before?.queue.length, before?.drafts.length]).toEqual([1, 1]);
    const requests = gateway.requests.length;

    await giveNameAndPassword(page, bob);
    await live(page);
    await page.getByRole("button", { name: "Write a comment" }).click();
    await expect(comment).toHaveValue("");
    await expect(card(page, "Shared task")).toBeVisible();
    await expect(page.getByText("Secret")).toHaveCount(0);
    await page.goto(`p/${own}`);
    await expect(page.getByRole("heading", { name: "Not here, or not yours" })).toBeVisible();
    await expect(page.getByText("Secret")).toHaveCount(0);
    expect(JSON.stringify(await keptOnDevice(page, bob.id))).not.toContain("Secret");
    await page.getByRole("button", { name: bob.name }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByLabel("E-mail")).toBeVisible();
    expect(gateway.commands(requests)).toEqual([]);
    expect(await keptOnDevice(page, ada.id)).toEqual(before);

    await giveNameAndPassword(page, ada);
    await expect.poll(() => api.column(shared, "todo")).toEqual(["Shared task", "Secret plan"]);
    await openBoard(page, shared);
    await card(page, "Shared task").click();
    await expect(comment).toHaveValue("Secret draft");
    expect(await api.titlesCreated(shared)).toEqual(["Shared task", "Secret plan"]);
    await gateway.stop();
  });
});
