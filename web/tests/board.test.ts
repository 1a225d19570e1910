import { Api } from "./lib/api";
import { card, cardIn, openBoard } from "./lib/board";
import { expect, test } from "./lib/flow";

test("S A L P D at a selected card open the pickers there, and the focus is at the card again", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const [one] = await api.tasks(project, "todo", ["One", "Two"]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  const face = card(page, "One").getByRole("button");
  const pick = async (key: string, property: string, typed: string) => {
    await page.keyboard.press(key);
    await expect(page.getByRole("combobox", { name: property })).toBeFocused();
    await page.keyboard.type(typed);
    await page.keyboard.press("Enter");
  };
  await page.keyboard.press("j");
  await expect(face).toBeFocused();

  await pick("p", "Priority", "high");
  await expect(face).toBeFocused();
  await pick("a", "Assignees", ada.name);
  await page.keyboard.press("Escape");
  await expect(face).toBeFocused();
  await pick("l", "Labels", "bug");
  await page.keyboard.press("Escape");
  await expect(face).toBeFocused();
  await page.keyboard.press("d");
  await page.getByRole("dialog", { name: "Due" }).getByRole("button", { name: "Tomorrow" }).press("Enter");
  await expect(face).toBeFocused();
  await pick("s", "Status", "in p");
  await expect(cardIn(page, "In progress", "One").getByRole("button")).toBeFocused();
  await expect(page.getByRole("status").filter({ hasText: "SHOP-1 to In progress, 1 of 1" })).toBeAttached();

  const changed = { id: one, status: "in_progress", priority: "high", assignees: [ada.id], labels: ["bug"] };
  const task = async () => (await api.allTasks(project)).find(({ id }) => id === one);
  await expect.poll(task).toMatchObject({ ...changed, due_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
});

test("a card whose task has an unsaved draft has a pencil, also after a reload, until the draft is discarded", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  await api.tasks(project, "todo", ["One", "Two"]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  await card(page, "One").click();
  await page.getByRole("button", { name: "Add a description" }).click();
  await page.getByRole("textbox", { name: "Description" }).fill("Half of a thought");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  const pencils = page.locator("[data-board]").getByRole("img", { name: "Unsaved draft" });
  await expect(pencils).toHaveCount(1);
  await expect(card(page, "One").getByRole("img", { name: "Unsaved draft" })).toBeVisible();

  await openBoard(page, project);
  await expect(pencils).toHaveCount(1);
  await card(page, "One").click();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(pencils).toHaveCount(0);
});
