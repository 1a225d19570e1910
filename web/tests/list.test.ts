import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import { live } from "./lib/board";
import { expect, test } from "./lib/flow";

const list = (page: Page) => page.getByRole("region", { name: "List" });
const row = (page: Page, title: string) => list(page).getByRole("listitem").filter({ hasText: title });
/** The list from top to bottom: the heads of its groups with their counts, and the titles of its tasks. */
const lines = (page: Page) =>
  list(page)
    .locator("h2 > button, [data-face] [title]")
    .evaluateAll((all) => {
      const wordsOf = (one: Element) => [...one.querySelectorAll(":scope > span:not([aria-hidden])")];
      const seen = all.map((one) => ({
        top: one.getBoundingClientRect().top,
        text: one.matches("button") ? wordsOf(one).map((part) => part.textContent) : [one.textContent],
      }));
      return seen.sort((a, b) => a.top - b.top).map(({ text }) => text.join(" "));
    });

test.use({ users: 2 });

test("a list is grouped and ordered by what is chosen, and the address says so", async ({ cluster, signedIn }) => {
  const [ada, bob] = [cluster.user(0), cluster.user(1)];
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop", [bob]);
  const [one, two] = await api.tasks(project, "todo", ["One", "Two"]);
  await api.tasks(project, "done", ["Three"]);
  await api.commands(project, [
    { type: "task.update", task: one, set: { assignees: [ada.id, bob.id], due_on: "2026-12-24" } },
    { type: "task.update", task: two, set: { assignees: [bob.id], due_on: "2026-12-01", priority: "high" } },
  ]);
  const { page } = await signedIn(ada, 0);
  await page.goto(`p/${project}?view=list`);
  await expect.poll(() => lines(page)).toEqual(["Todo 2", "One", "Two", "Done 1"]);
  const choose = async (name: string, option: string) => {
    await page.getByRole("button", { name }).click();
    await page.getByRole("menuitemradio", { name: option }).click();
  };
  await choose("Order", "By due date");
  await expect.poll(() => lines(page)).toEqual(["Todo 2", "Two", "One", "Done 1"]);
  await choose("Groups", "Groups: assignee");
  const assigned = [`${ada.name} 1`, "One", `${bob.name} 2`, "Two", "One", "Nobody 1", "Three"];
  await expect.poll(() => lines(page)).toEqual(assigned);
  await expect(page).toHaveURL(/group=assignee/);
  await page.reload();
  await expect.poll(() => lines(page)).toEqual(assigned);
  await choose("Groups", "Groups: priority");
  await expect.poll(() => lines(page)).toEqual(["High 1", "Two", "No priority 2", "One", "Three"]);
  await list(page).getByRole("button", { name: "High 1" }).click();
  await expect.poll(() => lines(page)).toEqual(["High 1", "No priority 2", "One", "Three"]);
});

test("keys and clicks change title, status, assignee, priority and due day in the row, and the focus stays with the task", async ({
  cluster,
  signedIn,
}) => {
  const [ada, bob] = [cluster.user(0), cluster.user(1)];
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop", [bob]);
  const [one, two, three] = await api.tasks(project, "todo", ["One", "Two", "Three"]);
  const { page } = await signedIn(ada, 0);
  await page.goto(`p/${project}?view=list`);
  await live(page);
  const face = (title: string) => row(page, title).locator("[data-face]");
  const picked = async (property: string, typed: string) => {
    await expect(page.getByRole("combobox", { name: property, exact: true }).last()).toBeFocused();
    await page.keyboard.type(typed);
    await page.keyboard.press("Enter");
  };
  await page.keyboard.press("j");
  await expect(face("One")).toBeFocused();
  await page.keyboard.press("e");
  const title = page.getByRole("textbox", { name: "Title", exact: true });
  await title.fill("First");
  await title.press("Enter");
  await expect(face("First")).toBeFocused();
  await page.keyboard.press("s");
  await picked("Status", "in p");
  await expect(face("First")).toBeFocused();
  await expect.poll(() => lines(page)).toEqual(["Todo 2", "Two", "Three", "In progress 1", "First"]);

  await row(page, "Two").getByRole("button", { name: "Priority: No priority" }).click();
  await picked("Priority", "urgent");
  await expect(face("Two")).toBeFocused();
  await row(page, "Two").getByRole("button", { name: "Assignees: nobody" }).click();
  await picked("Assignees", bob.name);
  await page.keyboard.press("Escape");
  await row(page, "Two").getByRole("button", { name: "Due: no day" }).click();
  await page.getByRole("dialog", { name: "Due" }).getByRole("button", { name: "Tomorrow" }).click();
  await expect(row(page, "Two").getByRole("button", { name: "Due tomorrow" })).toBeVisible();
  const tasks = async () => new Map((await api.allTasks(project)).map((task) => [task.id, task]));
  await expect
    .poll(async () => (await tasks()).get(one ?? ""))
    .toMatchObject({ title: "First", status: "in_progress" });
  await expect
    .poll(async () => (await tasks()).get(two ?? ""))
    .toMatchObject({ priority: "urgent", assignees: [bob.id], due_on: expect.stringMatching(/^\d{4}-/) });

  await face("Two").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "SHOP-2 Two" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(face("Two")).toBeFocused();
  await Api.of(cluster, bob).commands(project, [{ type: "task.delete", task: two }]);
  await expect(face("Three")).toBeFocused();
  await Api.of(cluster, bob).commands(project, [{ type: "task.update", task: three, set: { priority: "low" } }]);
  await expect(row(page, "Three")).toContainText(`changed by ${bob.name}`);
});

test("a row on a phone shows the priority that a task has", async ({ cluster, signedIn }) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const [one] = await api.tasks(project, "todo", ["One", "Two"]);
  await api.commands(project, [{ type: "task.update", task: one, set: { priority: "urgent" } }]);
  const { page } = await signedIn(ada, 0, { viewport: { width: 360, height: 740 } });
  await page.goto(`p/${project}?view=list`);
  await expect(row(page, "One").getByRole("button", { name: "Priority: Urgent" })).toBeVisible();
  await expect(row(page, "Two").getByRole("button", { name: /^Priority/ })).toBeHidden();
});

test("C creates tasks in the column of the selected row, and the focus is at the row again", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  await api.tasks(project, "todo", ["One"]);
  await api.tasks(project, "in_progress", ["Two"]);
  const { page } = await signedIn(ada, 0);
  await page.goto(`p/${project}?view=list`);
  await live(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(row(page, "Two").locator("[data-face]")).toBeFocused();
  await page.keyboard.press("c");
  const line = page.getByRole("textbox", { name: "Title of the new task" });
  await expect(line).toBeFocused();
  await page.keyboard.type("Three");
  await page.keyboard.press("Enter");
  await expect(line).toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(row(page, "Two").locator("[data-face]")).toBeFocused();
  await expect.poll(() => lines(page)).toEqual(["Todo 1", "One", "In progress 2", "Two", "Three"]);
  await page.getByRole("button", { name: "Create a task", exact: true }).click();
  await expect(line).toBeFocused();
});
