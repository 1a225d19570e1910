import { Api } from "./lib/api";
import { cardIn, column, middleOf, openBoard, titlesIn } from "./lib/board";
import { expect, test } from "./lib/flow";

test.describe("two people on two instances", () => {
  test.use({ instances: 2, users: 2 });

  test("a card that one drags by mouse moves in the other's page, to the place that the server has", async ({
    cluster,
    signedIn,
  }) => {
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const api = Api.of(cluster, ada);
    const project = await api.project("Shop", [bob]);
    await api.tasks(project, "todo", ["One", "Two", "Three"]);
    await api.tasks(project, "in_progress", ["Four", "Five"]);
    const { page: adas } = await signedIn(ada, 0);
    const { page: bobs } = await signedIn(bob, 1);
    await openBoard(adas, project);
    await openBoard(bobs, project);

    const from = await middleOf(cardIn(adas, "Todo", "Two"));
    const to = await middleOf(cardIn(adas, "In progress", "Five"));
    await adas.mouse.move(from.x, from.y);
    await adas.mouse.down();
    await adas.mouse.move(to.x, from.y, { steps: 8 });
    await adas.mouse.move(to.x, to.y - 8, { steps: 8 });
    await adas.mouse.up();

    await expect(cardIn(bobs, "In progress", "Two")).toBeVisible();
    const between = ["Four", "Two", "Five"];
    for (const page of [adas, bobs]) {
      await expect.poll(() => titlesIn(page, "In progress")).toEqual(between);
      await expect.poll(() => titlesIn(page, "Todo")).toEqual(["One", "Three"]);
    }
    expect(await api.column(project, "in_progress")).toEqual(between);
  });

  test("a comment that one writes appears in the other's page", async ({ cluster, signedIn }) => {
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const api = Api.of(cluster, ada);
    const project = await api.project("Shop", [bob]);
    await api.tasks(project, "todo", ["One"]);
    const { page: adas } = await signedIn(ada, 0);
    const { page: bobs } = await signedIn(bob, 1);
    for (const page of [adas, bobs]) {
      await openBoard(page, project);
      await cardIn(page, "Todo", "One").click();
      await expect(page.getByRole("region", { name: "SHOP-1 One" })).toBeVisible();
    }
    await adas.getByRole("button", { name: "Write a comment" }).click();
    await adas.getByRole("textbox", { name: "Comment" }).fill("It is **done**");
    await adas.getByRole("textbox", { name: "Comment" }).press("Control+Enter");
    await expect(bobs.getByRole("region", { name: "Comments and activity" })).toContainText("It is done");
    await expect(column(bobs, "Todo").getByTitle("1 comments")).toBeVisible();
  });

  test("what one does to a task moves nothing below the other's pointer at the comment's button", async ({
    cluster,
    signedIn,
  }) => {
    const [ada, bob] = [cluster.user(0), cluster.user(1)];
    const api = Api.of(cluster, ada);
    const project = await api.project("Shop", [bob]);
    const [one, two] = await api.tasks(project, "todo", ["One", "Two"]);
    const { page } = await signedIn(bob, 1);
    await openBoard(page, project);
    await cardIn(page, "Todo", "One").click();
    const panel = page.getByRole("region", { name: "SHOP-1 One" });
    const button = panel.getByRole("button", { name: "Write a comment" });
    const before = await button.boundingBox();
    await api.commands(project, [
      { type: "dependency.add", task: one, on: two },
      { type: "task.update", task: one, set: { description: "Several\n\nlines" } },
      { type: "comment.add", id: crypto.randomUUID(), task: one, body: "Look at this" },
    ]);
    await expect(panel).toContainText("Look at this");
    await expect(panel.getByRole("region", { name: "Dependencies" })).toContainText("SHOP-2");
    await expect(panel).toContainText("lines");
    expect(await button.boundingBox()).toEqual(before);
  });
});
