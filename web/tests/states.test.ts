import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import { faultsOf, LOOKS, lookName } from "./lib/axe";
import { expect, test } from "./lib/flow";
import { Gateway } from "./lib/gateway";
import { crowdedControls, cutTexts, smallControls } from "./lib/layout";

test.use({ users: 3, cutsNetwork: true, expectedErrors: /status of 500/ });

const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/** A project in which every text is long and of everything there is much. */
async function fullProject(api: Api, me: string, other: string): Promise<string> {
  const { project } = await api.send<{ project: { id: string; workflow: { statuses: object[] } } }>(
    "POST",
    "projects",
    {
      name: `${LONG} ${LONG}`.slice(0, 100),
      key: "LONGKY",
    },
  );
  const { id } = project;
  await api.send("POST", `projects/${id}/members`, { user: other, role: "editor" });
  const labels = Array.from({ length: 8 }, (_, n) => `label_${n}`);
  await api.commands(
    id,
    labels.map((key, n) => ({ type: "label.put", key, name: `${n} ${LONG}`.slice(0, 50), color: "#d4380d" })),
  );
  await api.commands(id, [
    { type: "field.put", key: "customer", name: LONG.slice(0, 50), field_type: "text" },
    {
      type: "field.put",
      key: "size",
      name: "Size",
      field_type: "select",
      options: [{ key: "xl", name: LONG.slice(0, 50) }],
    },
  ]);
  const tasks = await api.tasks(id, "todo", [LONG.repeat(5), ...Array.from({ length: 120 }, (_, n) => `${LONG} ${n}`)]);
  const [first, second, third] = tasks;
  const set = { assignees: [me, other], labels, due_on: "2026-01-01", priority: "urgent", estimate: 10_000 };
  await api.commands(id, [
    { type: "task.update", task: first, set: { ...set, fields: { customer: LONG.repeat(3), size: "xl" } } },
    {
      type: "task.update",
      task: second,
      set: { description: `${LONG.repeat(4)}\n\n| a | b |\n|-|-|\n| ${LONG} | ${LONG} |` },
    },
    {
      type: "task.update",
      task: first,
      set: { description: `# ${LONG}\n\n\`\`\`\n${LONG.repeat(3)}\n\`\`\`\n\n- [ ] ${LONG}` },
    },
    { type: "task.update", task: second, set: { parent: first } },
    { type: "dependency.add", task: first, on: third },
    { type: "comment.add", id: crypto.randomUUID(), task: first, body: LONG.repeat(4) },
  ]);
  return id;
}

for (const look of LOOKS) {
  const isPhone = look.viewport.width < 640;

  /** What is wrong with a screen as it stands, in words. */
  const wrongWith = async (page: Page): Promise<string[]> => [
    ...(await faultsOf(page)),
    ...(await page.locator("body").evaluate(smallControls, isPhone ? 44 : 24)).map((text) => `small: ${text}`),
    ...(await page.evaluate(crowdedControls)).map((text) => `crowded: ${text}`),
    ...(await page.evaluate(cutTexts)).map((text) => `cut: ${text}`),
  ];

  test(`every screen has room and words in every state: ${lookName(look)}`, async ({ cluster, signedIn }, info) => {
    test.setTimeout(300_000); // It looks at some forty screens.
    const [ada, bob, cem] = [cluster.user(0), cluster.user(1), cluster.user(2)];
    const api = Api.of(cluster, ada);
    const gateway = await Gateway.start(cluster.instances[0]?.http ?? "");
    const options = { ...look, hasTouch: isPhone, isMobile: isPhone, reducedMotion: "reduce" } as const;
    const check = async (name: string, page: Page) => {
      expect.soft(await wrongWith(page), name).toEqual([]);
      const body = await page.screenshot({ animations: "disabled" });
      await info.attach(name, { body, contentType: "image/png" });
    };
    const { page } = await signedIn(ada, gateway.address, options);
    /** As by a link of the page. */
    const open = async (path: string) => {
      await page.goto("projects");
      await page.evaluate((to) => history.pushState(null, "", new URL(to, document.baseURI)), path);
    };
    const visit = async (state: string, screens: Record<string, string>) => {
      for (const [screen, path] of Object.entries(screens)) {
        await open(path);
        await expect(page.locator("main, [data-board]").first()).toBeVisible();
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        await check(`${state}: ${screen}`, page);
      }
    };
    const inProject = (id: string) => ({
      board: `p/${id}`,
      list: `p/${id}?view=list`,
      archive: `p/${id}/archive`,
      settings: `p/${id}/settings`,
    });
    const mine = { projects: "projects", inbox: "inbox", "my tasks": "me/tasks" };

    await visit("empty", { ...mine, "archived projects": "projects/archived", bin: "projects/bin" });
    await visit("empty", inProject(await api.project("Empty")));

    const full = await fullProject(api, ada.id, bob.id);
    const task = { task: `p/${full}/1`, subtask: `p/${full}/2` };
    await visit("many and long", { ...inProject(full), ...task, ...mine });

    const theirs = Api.of(cluster, cem);
    const read = await theirs.project("Read");
    await theirs.tasks(read, "todo", ["One", "Two"]);
    await theirs.send("POST", `projects/${read}/members`, { user: ada.id, role: "viewer" });
    await visit("read by a viewer", { ...inProject(read), task: `p/${read}/1` });
    const archived = await api.project("Archived");
    await api.tasks(archived, "todo", ["One", "Two"]);
    await api.commands(archived, [{ type: "project.update", set: { archived: true } }]);
    await visit("archived", { ...inProject(archived), task: `p/${archived}/1`, projects: "projects/archived" });

    const failing = /\/api\/v1\/(projects|me\/notifications|me\/tasks|me\/sessions)(\?|$)|\/snapshot$/;
    await page.route(failing, (route) =>
      route.fulfill({ status: 500, contentType: "application/problem+json", body: "{}" }),
    );
    for (const [screen, path] of Object.entries({ ...mine, account: "account" })) {
      await page.goto(path);
      const said = page.getByRole("main").getByText(/^Couldn't load/);
      await expect(said.first()).toBeVisible({ timeout: 30_000 });
      await check(`failed: ${screen}`, page);
    }
    await page.unroute(failing);
    await page.route(failing, () => undefined);
    for (const [screen, path] of Object.entries({ ...mine, account: "account" })) {
      await page.goto(path);
      await expect(
        page
          .getByRole("status", { name: /^Loading/ })
          .or(page.getByLabel(/^Loading/))
          .first(),
      ).toBeVisible();
      await check(`loading: ${screen}`, page);
    }
    await page.unroute(failing);

    await page.goto(`p/${full}/1`);
    await expect(page.getByRole("button", { name: "Live", exact: true })).toBeVisible();
    gateway.cut();
    await expect(page.getByRole("button", { name: /^Offline/ })).toBeVisible({ timeout: 30_000 });
    await check("offline: task", page);
    await page.keyboard.press("Escape");
    await check("offline: board", page);
    gateway.mend();
    await gateway.stop();
  });
}
