import { Api } from "./lib/api";
import { card, column, openBoard } from "./lib/board";
import { expect, test } from "./lib/flow";

test("a task is archived from its menu, opens with who did it, and comes back", async ({ cluster, signedIn }) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const [build, sand] = await api.tasks(project, "done", ["Build", "Sand"]);
  await api.commands(project, [
    { type: "task.update", task: sand, set: { parent: build } },
    { type: "comment.add", id: crypto.randomUUID(), task: build, body: "Well built" },
  ]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);

  await card(page, "Build").click();
  await page.getByRole("region", { name: "SHOP-1 Build" }).getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(page.getByRole("region", { name: "Notices" })).toContainText("SHOP-1 archived.");
  await expect(card(page, "Build")).toBeHidden();
  await expect(card(page, "Sand")).toBeHidden();
  await expect.poll(async () => (await api.allTasks(project)).length).toBe(0);

  await page.getByRole("link", { name: "Archive" }).click();
  const list = page.getByRole("list", { name: "Archived tasks" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await page.getByRole("searchbox", { name: "Search the archive" }).fill("well built");
  await expect(list.getByRole("listitem")).toHaveText([/SHOP-1.*Build/]);
  await list.getByRole("link", { name: "Build" }).click();

  const panel = page.getByRole("region", { name: "SHOP-1 Build" });
  await expect(panel).toContainText(`Archived by ${ada.name}, today`);
  await expect(panel).toContainText("Well built");
  await expect(panel).toContainText("The task is archived. Nothing can be written.");
  await expect(panel.getByRole("button", { name: "Write a comment" })).toBeHidden();
  await panel.getByRole("button", { name: "Bring back" }).click();
  await expect(card(page, "Build")).toBeVisible();
  await expect(panel.getByRole("button", { name: "Write a comment" })).toBeVisible();
  expect((await api.allTasks(project)).map(({ title }) => title).sort()).toEqual(["Build", "Sand"]);
});

test("a finished column is archived and moved as a whole, and each is undone as one", async ({ cluster, signedIn }) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const [build] = await api.tasks(project, "done", ["Build", "Sell", "Ship"]);
  const [later] = await api.tasks(project, "todo", ["Later"]);
  await api.commands(project, [{ type: "task.update", task: later, set: { parent: build } }]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  const notices = page.getByRole("region", { name: "Notices" });
  const choose = async (name: RegExp | string) => {
    await column(page, "Done").getByRole("button", { name: "Column Done" }).click();
    await page.getByRole("menuitem", { name }).click();
  };

  await choose(/days ago/);
  await expect(notices).toContainText("Nothing here was done more than 14 days ago.");

  await choose("Archive all…");
  const asked = page.getByRole("dialog", { name: "Archive 3 tasks?" });
  await expect(asked).toContainText("1 task below them in other columns will go along.");
  await asked.getByRole("button", { name: "Archive" }).click();
  await expect(notices).toContainText("4 tasks archived.");
  await expect.poll(async () => (await api.allTasks(project)).length).toBe(0);
  await notices.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => api.column(project, "done")).toEqual(["Build", "Sell", "Ship"]);
  expect(await api.column(project, "todo")).toEqual(["Later"]);
  await expect(card(page, "Ship")).toBeVisible();

  await column(page, "Done").getByRole("button", { name: "Column Done" }).click();
  await page.getByRole("menuitem", { name: "Move all to" }).click();
  await page.getByRole("menuitem", { name: "Todo" }).click();
  await expect(notices).toContainText("3 tasks moved to Todo.");
  await expect.poll(() => api.column(project, "todo")).toEqual(["Later", "Build", "Sell", "Ship"]);
  await notices.getByRole("button", { name: "Undo" }).last().click();
  await expect.poll(() => api.column(project, "done")).toEqual(["Build", "Sell", "Ship"]);
});
