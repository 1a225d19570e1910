import { Api } from "./lib/api";
import { LOOKS, Looking, lookName } from "./lib/axe";
import { expect, test } from "./lib/flow";

for (const look of LOOKS) {
  test(`axe finds nothing on any screen and none scrolls sideways: ${lookName(look)}`, async ({
    cluster,
    arrive,
    signedIn,
  }) => {
    test.slow(); // It looks at thirteen screens.
    const ada = cluster.user(0);
    const api = Api.of(cluster, ada);
    const project = await api.project("Shop");
    const [first] = await api.tasks(project, "todo", ["Build the shop", "A".repeat(200)]);
    const [second] = await api.tasks(project, "in_review", ["Sell things"]);
    const [old] = await api.tasks(project, "done", ["Plan the shop"]);
    await api.commands(project, [
      { type: "dependency.add", task: second, on: first },
      { type: "task.update", task: first, set: { assignees: [ada.id], priority: "high", due_on: "2026-01-01" } },
      { type: "comment.add", id: crypto.randomUUID(), task: first, body: "Some **words** and `code`" },
      { type: "task.archive", task: old },
    ]);
    const looking = new Looking();

    const { page: stranger } = await arrive(0, look);
    await expect(stranger.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await looking.at("sign in", stranger);
    await stranger.goto("join");
    await expect(stranger.getByRole("heading", { level: 1 })).toBeVisible();
    await looking.at("a gone invitation", stranger);

    const { page } = await signedIn(ada, 0, look);
    const screens = {
      projects: "projects",
      board: `p/${project}`,
      list: `p/${project}?view=list`,
      task: `p/${project}/1`,
      archive: `p/${project}/archive`,
      "an archived task": `p/${project}/4`,
      settings: `p/${project}/settings`,
      inbox: "inbox",
      "my tasks": "me/tasks",
      account: "account",
      "not here": "nothing/here",
    };
    for (const [screen, path] of Object.entries(screens)) {
      await page.goto(path);
      await expect(page.getByRole("main")).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await looking.at(screen, page);
    }
    expect(looking.found).toEqual({});
  });
}
