import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import { expect, test } from "./lib/flow";

const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** What is wrong with the screen as it stands, in words that lead to the place. */
async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  const faults = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  const sideways = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  return sideways > 0 ? [...faults, `it scrolls sideways by ${sideways} px`] : faults;
}

const LOOKS = [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { colorScheme: "light", viewport: { width: 360, height: 740 } },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
] as const;

for (const look of LOOKS) {
  const name = `${look.colorScheme}, ${look.viewport.width} px wide`;

  test(`axe finds nothing on any screen and none scrolls sideways: ${name}`, async ({ cluster, arrive, signedIn }) => {
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
    const found: Record<string, string[]> = {};
    const check = async (screen: string, page: Page) => {
      const faults = await faultsOf(page);
      if (faults.length > 0) found[screen] = faults;
    };

    const { page: stranger } = await arrive(0, look);
    await expect(stranger.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await check("sign in", stranger);
    await stranger.goto("join");
    await expect(stranger.getByRole("heading", { level: 1 })).toBeVisible();
    await check("a gone invitation", stranger);

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
      await check(screen, page);
    }
    expect(found).toEqual({});
  });
}
