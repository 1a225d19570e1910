import { Api } from "./lib/api";
import { card, cardIn, openBoard } from "./lib/board";
import { expect, test } from "./lib/flow";

test("a task that waits for another does not go to Done, and the page says why", async ({ cluster, signedIn }) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const [first] = await api.tasks(project, "todo", ["Build"]);
  const [second] = await api.tasks(project, "in_review", ["Sell"]);
  await api.commands(project, [{ type: "dependency.add", task: second, on: first }]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  await expect(card(page, "Sell").getByRole("img", { name: "Waits for SHOP-1." })).toBeVisible();

  await card(page, "Sell").getByRole("button").focus();
  await page.keyboard.press("Control+Shift+ArrowRight");
  await expect(page.getByRole("region", { name: "Notices" })).toContainText("SHOP-2 waits for SHOP-1.");
  await expect(cardIn(page, "In review", "Sell")).toBeVisible();
  expect(await api.column(project, "in_review")).toEqual(["Sell"]);
});

test.describe("a session that was ended elsewhere", () => {
  test.use({ endsSession: true });

  test("the password is asked for in place, and what was typed is there", async ({ cluster, signedIn }) => {
    const ada = cluster.user(0);
    const api = Api.of(cluster, ada);
    const project = await api.project("Shop");
    await api.tasks(project, "todo", ["Build"]);
    const { page } = await signedIn(ada, 0);
    await openBoard(page, project);
    await card(page, "Build").click();
    await page.getByRole("button", { name: "Write a comment" }).click();
    const comment = page.getByRole("textbox", { name: "Comment" });
    await comment.fill("Half of a thought");

    await api.endOtherSessions();

    const asked = page.getByRole("alertdialog", { name: "Your session has ended" });
    await asked.getByLabel("Password").fill(ada.password);
    await asked.getByRole("button", { name: "Sign in" }).click();
    await expect(asked).toBeHidden();
    await expect(comment).toHaveValue("Half of a thought");
    await comment.press("Control+Enter");
    await expect(page.getByRole("region", { name: "Comments and activity" })).toContainText("Half of a thought");
    await expect(card(page, "Build").getByTitle("1 comments")).toBeVisible();
  });
});

test.describe("two people", () => {
  test.use({ instances: 2, users: 2 });

  test.describe("of whom one is removed", () => {
    // What the browser asks for in the moment of the removal, and after it, is not there any more.
    test.use({ expectedErrors: /status of 404/ });

    test("who was writing keeps the text to copy, also after a reload, until it is discarded", async ({
      cluster,
      signedIn,
    }) => {
      const [ada, bob] = [cluster.user(0), cluster.user(1)];
      const api = Api.of(cluster, ada);
      const project = await api.project("Shop", [bob]);
      await api.tasks(project, "todo", ["Build"]);
      const { page } = await signedIn(bob, 1);
      await openBoard(page, project);
      await card(page, "Build").click();
      await page.getByRole("button", { name: "Write a comment" }).click();
      await page.getByRole("textbox", { name: "Comment" }).fill("Half of a thought");

      await api.send("DELETE", `projects/${project}/members/${bob.id}`);
      await expect(page.getByRole("heading", { name: "You can't see Shop any more" })).toBeVisible();
      const begun = page.getByRole("region", { name: "What you were writing" });
      await expect(begun).toContainText("Half of a thought");
      await page.reload();
      await expect(page.getByRole("heading", { name: "You can't see Shop any more" })).toBeVisible();
      await expect(begun).toContainText("SHOP-1 Build");
      await expect(begun).toContainText("Half of a thought");
      await expect(page.getByRole("button", { name: "Live", exact: true })).toBeVisible();
      await begun.getByRole("button", { name: "Discard" }).click();
      await expect(begun).toBeHidden();
    });
  });

  test("who is assigned a task sees it unread at once, and read after opening it", async ({ cluster, signedIn }) => {
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const api = Api.of(cluster, ada);
    const project = await api.project("Shop", [bob]);
    const [build] = await api.tasks(project, "todo", ["Build"]);
    const { page } = await signedIn(bob, 1);
    const inbox = page.getByRole("link", { name: "Inbox" });
    await openBoard(page, project);
    await inbox.click();
    await expect(page.getByRole("list", { name: "Inbox" })).toHaveAttribute("aria-busy", "false");

    await api.commands(project, [{ type: "task.update", task: build, set: { assignees: [bob.id] } }]);
    const row = page.getByRole("list", { name: "Inbox" }).getByRole("listitem").filter({ hasText: "Build" });
    await expect(row.getByRole("img", { name: "Unread" })).toBeVisible();

    await row.getByRole("link").click();
    await expect(page.getByRole("region", { name: "SHOP-1 Build" })).toBeVisible();
    await inbox.click();
    await expect(row.getByRole("img", { name: "Read", exact: true })).toBeVisible();
  });
});
