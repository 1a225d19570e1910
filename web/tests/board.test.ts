import type { Page } from "@playwright/test";
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
    await expect(page.getByRole("combobox", { name: property }).last()).toBeFocused();
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

/** How many drafts the device keeps. They are written a moment after they change. */
async function keptDrafts(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const [found] = await indexedDB.databases();
    const database = await asked(indexedDB.open(found?.name ?? ""));
    const count = await asked(database.transaction("drafts").objectStore("drafts").count());
    database.close();
    return count;
  });
}

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
  await expect(page.getByRole("region", { name: "SHOP-1 One" })).toBeHidden();
  const pencils = page.locator("[data-board]").getByRole("img", { name: "Unsaved draft" });
  await expect(pencils).toHaveCount(1);
  await expect(card(page, "One").getByRole("img", { name: "Unsaved draft" })).toBeVisible();

  await expect.poll(() => keptDrafts(page)).toBe(1);
  await openBoard(page, project);
  await expect(pencils).toHaveCount(1);
  await card(page, "One").click();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(pencils).toHaveCount(0);
});

test("under a filter one's own edit dims a card until one looks elsewhere, and a card that is made there stays", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const tasks = await api.tasks(project, "todo", ["One", "Two", "Three"]);
  const high = tasks.map((task) => ({ type: "task.update", task, set: { priority: "high" } }));
  await api.commands(project, high);
  const { page } = await signedIn(ada, 0);
  await page.goto(`p/${project}?priority=high&label.not=bug&label.not=old`);
  await expect(card(page, "Three")).toBeVisible();

  await page.keyboard.press("j");
  await expect(card(page, "One").getByRole("button")).toBeFocused();
  await page.keyboard.press("p");
  await expect(page.getByRole("combobox", { name: "Priority" }).last()).toBeFocused();
  await page.keyboard.type("low");
  await page.keyboard.press("Enter");
  await expect(card(page, "One")).toContainText("Not in this filter");
  await expect(page.getByRole("search", { name: "Filter" }).getByRole("status")).toHaveText("2 of 3");
  await expect(card(page, "One").getByRole("button")).toBeFocused();
  await page.keyboard.press("j");
  await expect(card(page, "Two").getByRole("button")).toBeFocused();
  await expect(card(page, "One")).toHaveCount(0);
  await api.commands(project, [{ type: "task.update", task: tasks[2], set: { priority: "low" } }]);
  await expect(card(page, "Three")).toHaveCount(0);

  const words = page.getByRole("textbox", { name: "Words in the title" });
  await words.fill("Two");
  await page.getByRole("button", { name: "Create a task in Todo" }).click();
  const line = page.getByRole("textbox", { name: "Title of the new task" });
  await line.fill("Four");
  await line.press("Enter");
  await line.press("Escape");
  await expect(card(page, "Four")).toContainText("Not in this filter");
  await card(page, "Two").getByRole("button").focus();
  await expect(card(page, "Four")).toBeVisible();
  const four = async () => (await api.allTasks(project)).find(({ title }) => title === "Four");
  await expect.poll(four).toMatchObject({ priority: "high" });
  await words.fill("");
  await expect(card(page, "Four")).not.toContainText("Not in this filter");
});

test.describe("when somebody else takes the focused card away", () => {
  test.use({ users: 2 });

  test("the focus goes to the next card of its column, and from the last one to the column's head", async ({
    cluster,
    signedIn,
  }) => {
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const api = Api.of(cluster, ada);
    const bobs = Api.of(cluster, bob);
    const project = await api.project("Shop", [bob]);
    const [one, two, three, four] = await api.tasks(project, "todo", [
      "Task one",
      "Task two",
      "Task three",
      "Task four",
    ]);
    const { page } = await signedIn(ada, 0);
    await openBoard(page, project);
    const face = (title: string) => card(page, title).getByRole("button");
    await face("Task two").focus();

    await bobs.commands(project, [{ type: "task.move", task: two, status: "done" }]);
    await expect(face("Task three")).toBeFocused();
    await bobs.commands(project, [{ type: "task.delete", task: three }]);
    await expect(face("Task four")).toBeFocused();
    await page.getByRole("textbox", { name: "Words in the title" }).fill("task");
    await face("Task four").focus();
    await bobs.commands(project, [{ type: "task.update", task: four, set: { title: "Fixed" } }]);
    await expect(face("Task one")).toBeFocused();
    await bobs.commands(project, [{ type: "task.delete", task: one }]);
    await expect(page.getByRole("heading", { name: "Todo" })).toBeFocused();
  });

  test("an open task that is deleted leaves the focus in the panel, and what others do to it is heard", async ({
    cluster,
    signedIn,
  }) => {
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const api = Api.of(cluster, ada);
    const bobs = Api.of(cluster, bob);
    const project = await api.project("Shop", [bob]);
    const [one] = await api.tasks(project, "todo", ["One"]);
    const { page } = await signedIn(ada, 0);
    await openBoard(page, project);
    await card(page, "One").click();
    await expect(page.getByRole("region", { name: "SHOP-1 One" })).toBeFocused();
    await bobs.commands(project, [{ type: "task.move", task: one, status: "in_progress" }]);
    await expect(page.getByRole("status").filter({ hasText: `${bob.name} moved it to In progress` })).toBeAttached();
    await bobs.commands(project, [{ type: "task.delete", task: one }]);
    await expect(page.getByRole("region", { name: "SHOP-1" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("region", { name: "SHOP-1" })).toBeHidden();
  });
});

test("under a filter a column says how many of its tasks pass, and a subtask's card says what it is part of", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const [build] = await api.tasks(project, "todo", ["Build", "Sand", "Paint"]);
  const [sand] = (await api.allTasks(project)).filter(({ title }) => title === "Sand");
  await api.commands(project, [{ type: "task.update", task: sand?.id, set: { parent: build, priority: "high" } }]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  await expect(page.getByRole("region", { name: "Todo, 3 tasks", exact: true })).toContainText("Part of SHOP-1 Build");
  await page.goto(`p/${project}?priority=high`);
  await expect(page.getByRole("region", { name: "Todo, 1 of 3 tasks", exact: true })).toBeVisible();
  await expect(page.getByRole("search", { name: "Filter" }).getByRole("status")).toHaveText("1 of 3");
});

test.describe("while the server can't give the project", () => {
  test.use({ expectedErrors: /status of 503/ });

  test("the page says so, and opens it as soon as the server can", async ({ cluster, signedIn }) => {
    const ada = cluster.user(0);
    const api = Api.of(cluster, ada);
    const project = await api.project("Shop");
    await api.tasks(project, "todo", ["One"]);
    const { page } = await signedIn(ada, 0);
    let refuses = true;
    const problem = {
      code: "unavailable",
      title: "Not just now",
      detail: "Try again.",
      status: 503,
      type: "about:blank",
    };
    await page.route(/\/snapshot$/, (route) =>
      refuses
        ? route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) })
        : route.continue(),
    );
    await page.goto(`p/${project}`);
    await expect(page.getByRole("heading", { name: "The project is not here yet" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Catching up" })).toBeVisible();
    refuses = false;
    await expect(card(page, "One")).toBeVisible();
    await expect(page.getByRole("button", { name: "Live", exact: true })).toBeVisible();
  });
});
