import { Api } from "./lib/api";
import { cardIn, openBoard } from "./lib/board";
import { expect, test } from "./lib/flow";

test("keys alone select, move and open a card, say where it went, and find it again after closing", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  await api.tasks(project, "todo", ["One", "Two"]);
  await api.tasks(project, "in_progress", ["Three"]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  const face = (column: string, title: string) => cardIn(page, column, title).getByRole("button");

  await page.keyboard.press("ArrowDown");
  await expect(face("Todo", "One")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(face("Todo", "Two")).toBeFocused();

  await page.keyboard.press("Control+Shift+ArrowUp");
  await expect(page.getByRole("status").filter({ hasText: "SHOP-2 to Todo, 1 of 2" })).toBeAttached();
  await expect(face("Todo", "Two")).toBeFocused();
  await page.keyboard.press("Control+Shift+ArrowRight");
  await expect(page.getByRole("status").filter({ hasText: "SHOP-2 to In progress" })).toBeAttached();
  await expect(face("In progress", "Two")).toBeFocused();
  await expect.poll(() => api.column(project, "in_progress")).toContain("Two");

  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "SHOP-2 Two" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("region", { name: "SHOP-2 Two" })).toBeHidden();
  await expect(face("In progress", "Two")).toBeFocused();
});

test("C creates, M moves to a column and a place, ? lists the keys and G leads to a screen", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  await expect(page.getByText("No tasks yet")).toBeVisible();

  await page.keyboard.press("c");
  const line = page.getByRole("textbox", { name: "Title of the new task" });
  await line.fill("One");
  await line.press("Enter");
  await line.fill("Two");
  await line.press("Enter");
  await line.press("Escape");
  await expect(page.getByText("No tasks yet")).toBeHidden();
  await expect(cardIn(page, "Backlog", "Two")).toBeVisible();

  await cardIn(page, "Backlog", "One").getByRole("button").focus();
  await page.keyboard.press("m");
  const picker = (name: string) => page.getByRole("combobox", { name });
  await picker("Move to column").fill("To");
  await page.keyboard.press("Enter");
  await expect(picker("Place in Todo")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(cardIn(page, "Todo", "One").getByRole("button")).toBeFocused();
  await expect.poll(() => api.column(project, "todo")).toEqual(["One"]);

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeHidden();
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page).toHaveURL(/\/inbox$/);
  await page.keyboard.press("g");
  await page.keyboard.press("b");
  await expect(page).toHaveURL(new RegExp(`/p/${project}$`));
});
