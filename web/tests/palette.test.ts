import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import { card, cardIn, openBoard } from "./lib/board";
import { expect, test } from "./lib/flow";

async function ask(page: Page, question: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
  await page.keyboard.type(question);
  await expect(page.getByRole("option").first()).toHaveAttribute("data-highlighted");
  await page.keyboard.press("Enter");
}

test("the palette does to the selected card, and to an open task, what their keys do", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  await api.tasks(project, "todo", ["One", "Two"]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await ask(page, "priority of");
  await expect(page.getByRole("combobox", { name: "Priority" }).last()).toBeFocused();
  await page.keyboard.type("urgent");
  await page.keyboard.press("Enter");
  await expect(card(page, "Two").getByRole("img", { name: "Urgent" })).toBeVisible();
  await expect(card(page, "Two").getByRole("button")).toBeFocused();

  await ask(page, "create a task");
  await expect(page.getByRole("textbox", { name: "Title of the new task" })).toBeFocused();
  await page.keyboard.press("Escape");

  await card(page, "One").click();
  await expect(page.getByRole("region", { name: "SHOP-1 One" })).toBeFocused();
  await ask(page, "status of");
  await expect(page.getByRole("combobox", { name: "Status" }).last()).toBeFocused();
  await page.keyboard.type("in review");
  await page.keyboard.press("Enter");
  await expect(cardIn(page, "In review", "One")).toBeVisible();
  await ask(page, "archive shop");
  await expect(page.getByRole("region", { name: "Notices" })).toContainText("SHOP-1 archived.");
  await expect(card(page, "One")).toBeHidden();
});

test("the palette has the theme and the keys on every screen", async ({ cluster, signedIn }) => {
  const { page } = await signedIn(cluster.user(0), 0);
  await ask(page, "theme dark");
  await expect(page.locator("html")).toHaveCSS("color-scheme", "dark");
  await ask(page, "keys");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});
