import type { Page } from "@playwright/test";
import { Api } from "./lib/api";
import { LOOKS, Looking, lookName } from "./lib/axe";
import { card, cardIn, column, middleOf, openBoard } from "./lib/board";
import { Finger } from "./lib/finger";
import { expect, test } from "./lib/flow";
import { Gateway } from "./lib/gateway";

// A task that is deleted while it is open is asked for once more.
test.use({ users: 2, cutsNetwork: true, endsSession: true, expectedErrors: /status of 404/ });

/** As fast as cards still name who changed them. */
const pause = 150;

/** Changes one thing after the other as long as `during` runs. */
async function whileChanging(change: (n: number) => Promise<void>, during: () => Promise<void>): Promise<void> {
  let isOn = true;
  const changing = (async () => {
    for (let n = 1; isOn; n += 1) {
      await change(n);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  })();
  try {
    await during();
  } finally {
    isOn = false;
    await changing;
  }
}

/** Lifts a card and holds it over a column. Answers how to let it go where nothing happens. */
async function holdOver(page: Page, title: string, name: string, byFinger: boolean): Promise<() => Promise<void>> {
  const from = await middleOf(card(page, title));
  const over = await column(page, name).boundingBox();
  const to = { x: Math.min((over?.x ?? 0) + 20, (page.viewportSize()?.width ?? 0) - 12), y: from.y + 30 };
  if (byFinger) {
    const finger = await Finger.on(page);
    await finger.down(from);
    await expect(page.locator("[data-lifted]")).toBeVisible();
    await finger.move(from, to);
    return async () => {
      await page.keyboard.press("Escape");
      await finger.up();
    };
  }
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await expect(page.locator("[data-lifted]")).toBeVisible();
  return async () => {
    await page.mouse.move(2, 2);
    await page.mouse.up();
  };
}

/** What is lifted stays in its place as its own shadow. */
const LIFTED = "[data-lifted]";

const floating = "[role=listbox], [role=menu], [role=dialog], [role=alertdialog]";

/** What somebody opens over the screen. Esc ends it. */
async function lookAtOpened(looking: Looking, page: Page, what: string, open: () => Promise<void>): Promise<void> {
  await open();
  await expect(page.locator(floating).last()).toBeVisible();
  await looking.at(what, page);
  await page.keyboard.press("Escape");
  await expect(page.locator(floating)).toHaveCount(0);
}

for (const look of LOOKS) {
  const options = { ...look, reducedMotion: "reduce" } as const;
  const isPhone = look.viewport.width < 640;

  test.describe(lookName(look), () => {
    test("axe finds nothing on a board that others change, with something open over it, dragged or refused", async ({
      cluster,
      signedIn,
    }) => {
      test.slow(); // It looks at many moments.
      const [ada, bob] = [cluster.user(0), cluster.user(1)];
      const [api, bobs] = [Api.of(cluster, ada), Api.of(cluster, bob)];
      const gateway = await Gateway.start(cluster.instances[0]?.http ?? "");
      const project = await api.project("Shop", [bob]);
      const todo = await api.tasks(project, "todo", ["Build", "Paint", "Sand", "Ask"]);
      const [sell] = await api.tasks(project, "in_review", ["Sell"]);
      await api.commands(project, [
        { type: "label.put", key: "bug", name: "Bug", color: "#d4380d" },
        { type: "dependency.add", task: sell, on: todo[0] },
        { type: "task.update", task: todo[0], set: { assignees: [ada.id, bob.id], due_on: "2026-01-01" } },
        { type: "task.update", task: todo[1], set: { priority: "urgent", labels: ["bug"] } },
      ]);
      const { page } = await signedIn(ada, gateway.address, options);
      const looking = new Looking();
      await openBoard(page, project);
      const opened = (what: string, open: () => Promise<void>) => lookAtOpened(looking, page, what, open);

      if (isPhone)
        await page.getByRole("navigation", { name: "Columns" }).getByRole("button", { name: "Todo" }).click();
      const named = page.locator("[data-card]").filter({ hasText: "changed by" });
      const change = (n: number) =>
        bobs.commands(project, [
          { type: "task.update", task: todo[n % 3], set: { title: `Changed for the time ${n}` } },
          { type: "task.move", task: todo[3], status: n % 2 === 0 ? "todo" : "backlog" },
          { type: "comment.add", id: crypto.randomUUID(), task: todo[n % 3], body: `For the time ${n}` },
        ]);
      await whileChanging(change, async () => {
        await named.first().waitFor();
        await looking.at("others change cards", page);
        await opened("others change cards below a menu", () =>
          page.getByRole("button", { name: "Column Todo" }).click(),
        );
      });
      await expect(named).toHaveCount(0);

      for (const key of ["s", "a", "l", "p", "d", "m"]) {
        await opened(`a card's picker (${key})`, async () => {
          await card(page, "Changed").first().getByRole("button").focus();
          await page.keyboard.press(key);
        });
      }
      await opened("a column's limit", async () => {
        await page.getByRole("button", { name: "Column Todo" }).click();
        await page.getByRole("menuitem", { name: "Limit" }).click();
      });
      await opened("the choice of a filter", () => page.getByRole("combobox", { name: "Assignee" }).click());
      await opened("the palette", async () => {
        await page.keyboard.press("Control+k");
        await page.keyboard.type("chang");
      });
      await opened("the keys", () => page.keyboard.press("?"));
      await opened("how live it is", () => page.getByRole("button", { name: "Live", exact: true }).click());

      const filter = page.getByRole("textbox", { name: "Words in the title" });
      await filter.fill("nothing has this");
      await expect(page.locator("[data-card]")).toHaveCount(0);
      await looking.at("a filter that finds nothing", page);
      await filter.fill("");

      await page.getByRole("button", { name: "Create a task in Todo" }).click();
      await page.getByRole("textbox", { name: "Title of the new task" }).fill("Half of a title");
      await looking.at("a task is created", page);
      await page.getByRole("textbox", { name: "Title of the new task" }).evaluate((field) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", "One\nTwo\nThree");
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      });
      await expect(page.getByRole("button", { name: "Create 3 tasks" })).toBeVisible();
      await looking.at("several lines were pasted", page);
      await page.getByRole("button", { name: "Cancel", exact: true }).click();

      if (isPhone)
        await page.getByRole("navigation", { name: "Columns" }).getByRole("button", { name: "In review" }).click();
      await card(page, "Sell").scrollIntoViewIfNeeded();
      await expect(card(page, "Sell")).toBeInViewport({ ratio: 1 });
      const letGo = await holdOver(page, "Sell", "Done", isPhone);
      await looking.at("a card is held over a column where it may not go", page, LIFTED);
      await letGo();
      await expect(page.locator("[data-lifted]")).toHaveCount(0);

      gateway.cut();
      await api.commands(project, [{ type: "dependency.remove", task: sell, on: todo[0] }]);
      await card(page, "Sell").getByRole("button").focus();
      await page.keyboard.press("Control+Shift+ArrowLeft");
      await expect(cardIn(page, "In progress", "Sell")).toBeVisible();
      await api.commands(project, [{ type: "task.delete", task: sell }]);
      await expect(page.getByRole("button", { name: "Offline · 1 kept" })).toBeVisible({ timeout: 30_000 });
      await looking.at("a change waits for the network", page);
      await opened("what waits for the network", () => page.getByRole("button", { name: "Offline · 1 kept" }).click());
      gateway.mend();
      const refused = page.getByRole("button", { name: "Refused", exact: true });
      await expect(refused).toBeVisible({ timeout: 30_000 });
      await looking.at("a change was refused", page);
      await opened("what was refused", () => refused.click());

      await api.endOtherSessions();
      await expect(page.getByRole("alertdialog", { name: "Your session has ended" })).toBeVisible();
      await looking.at("the session has ended", page);
      expect(looking.found).toEqual({});
      await gateway.stop();
    });

    test("axe finds nothing in a task that others write in, while one writes oneself", async ({
      cluster,
      signedIn,
    }) => {
      test.slow(); // It looks at many moments.
      const [ada, bob] = [cluster.user(0), cluster.user(1)];
      const [api, bobs] = [Api.of(cluster, ada), Api.of(cluster, bob)];
      const project = await api.project("Shop", [bob]);
      const [task, other] = await api.tasks(project, "todo", ["Build", "Sell", "Ask"]);
      await api.commands(project, [
        { type: "label.put", key: "bug", name: "Bug", color: "#d4380d" },
        {
          type: "task.update",
          task,
          set: { description: "- [ ] Doors\n- [x] Windows\n\nSee SHOP-2.", labels: ["bug"] },
        },
        { type: "dependency.add", task, on: other },
        { type: "comment.add", id: crypto.randomUUID(), task, body: `<@${bob.id}>, \`why\` not?` },
      ]);
      const { page } = await signedIn(ada, 0, options);
      const { page: bobsPage } = await signedIn(bob, 0);
      const looking = new Looking();
      await page.goto(`p/${project}/1`);
      await bobsPage.goto(`p/${project}/1`);
      await expect(page.getByRole("article").first()).toBeVisible();
      const opened = (what: string, open: () => Promise<void>) => lookAtOpened(looking, page, what, open);

      await bobsPage.getByRole("button", { name: "Write a comment" }).click();
      await bobsPage.getByRole("textbox", { name: "Comment" }).fill("Half of a thought");
      await expect(page.getByText(`${bob.name} is writing`).first()).toBeVisible();
      const comment = crypto.randomUUID();
      await bobs.commands(project, [{ type: "comment.add", id: comment, task, body: "First" }]);
      const change = (n: number) =>
        bobs.commands(project, [
          { type: "comment.update", comment, body: `For the time ${n}` },
          { type: "task.update", task, set: { priority: n % 2 === 0 ? "high" : "low", due_on: "2026-01-01" } },
        ]);
      await whileChanging(change, async () => {
        await expect(page.getByText("For the time").first()).toBeAttached();
        await looking.at("others comment and change it", page);
        await page.getByRole("button", { name: "Write a comment" }).click();
        await page.getByRole("textbox", { name: "Comment" }).fill("I think that @");
        await page.getByRole("textbox", { name: "Comment" }).press("End");
        await page.keyboard.type("P");
        await expect(page.getByRole("listbox")).toBeVisible();
        await looking.at("somebody is mentioned while others comment", page);
      });
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Preview" }).click();
      await looking.at("a comment before it is sent", page);
      await page.getByRole("button", { name: "Write", exact: true }).click();
      await page.getByRole("textbox", { name: "Comment" }).press("Escape");

      await opened("what can be done with the task", () =>
        page.getByRole("button", { name: "More", exact: true }).click(),
      );
      await opened("what can be done with a comment", () =>
        page.getByRole("button", { name: "More about this comment" }).first().click(),
      );
      await opened("a reaction is chosen", () => page.getByRole("button", { name: "React" }).first().click());
      for (const key of ["s", "a", "l", "p", "d", "b"]) {
        await opened(`a picker of the task (${key})`, async () => {
          await page.getByRole("region", { name: "SHOP-1 Build" }).focus();
          await page.keyboard.press(key);
        });
      }
      await page.getByRole("button", { name: "Title: Build" }).click();
      await looking.at("the title is edited", page);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Edit description" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("textbox", { name: "Description" }).fill("Mine");
      await bobs.commands(project, [{ type: "task.update", task, set: { description: "Theirs" } }]);
      await expect(page.getByText("Somebody changed the description meanwhile")).toBeVisible();
      await looking.at("the description is edited by two", page);
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await expect(page.getByRole("region", { name: "Two versions of the description" })).toBeVisible();
      await looking.at("two descriptions stand side by side", page);
      await page.keyboard.press("Escape");
      await bobs.commands(project, [{ type: "task.delete", task }]);
      await expect(page.getByRole("button", { name: "More", exact: true })).toBeHidden();
      await looking.at("the task was deleted by somebody", page);
      expect(looking.found).toEqual({});
    });
  });
}
