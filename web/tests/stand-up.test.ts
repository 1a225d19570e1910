// A day's stand-up of five people on two instances, from an empty database and through the page alone.

import type { Locator, Page } from "@playwright/test";
import { card, cardIn, column, live, middleOf } from "./lib/board";
import { inviteByLink, joinBy, makeFirstAccount, makeProject } from "./lib/first-day";
import { expect, test } from "./lib/flow";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test.describe("a stand-up", () => {
  test.use({ instances: 2, users: 0 });

  // Five browsers share the machine's cores.
  test.slow();

  test("five people plan, talk, wait for each other, finish and undo, and their boards end equal", async ({
    arrive,
  }) => {
    const { page: ada } = await arrive(0);
    await makeFirstAccount(ada, "Ada Lund");
    await makeProject(ada, "Web shop");
    const link = await inviteByLink(ada, 4);
    await addColumnAndLabel(ada, "Waiting", "bug");
    const join = async (name: string, instance: number, options = {}) => {
      const { page } = await arrive(instance, options);
      await joinBy(page, link, name);
      return page;
    };
    const [bob, cleo, dan, eve] = await Promise.all([
      join("Bob Brook", 1),
      join("Cleo Lang", 0),
      join("Dan Iyer", 1, phone),
      join("Eve Ost", 0),
    ]);
    const all = [ada, bob, cleo, dan, eve];

    await create(ada, ["Fix the checkout", "Write the terms", "Cookie note", "Choose a bank"]);
    for (const page of all) await expect(card(page, "Choose a bank")).toContainText("WS-4");

    await Promise.all([planByMouse(bob), planByKeys(cleo), talkByTouch(dan)]);
    await waitForAnother(eve);
    await followUp(ada);
    await finishWhatWaited(eve);
    await undoAndRedo(bob);
    await makeViewer(ada, "Eve Ost");
    await expect(eve.getByRole("button", { name: /^Create a task in/ })).toHaveCount(0);

    // Who changed a card is named on it for two seconds.
    await expect(ada.getByText("changed by")).toHaveCount(0);
    const end = await boardOf(ada);
    expect(Object.fromEntries(Object.entries(end).map(([name, cards]) => [name, cards.length]))).toEqual({
      backlog: 1,
      todo: 1,
      in_progress: 1,
      in_review: 0,
      waiting: 0,
      done: 2,
      cancelled: 0,
    });
    for (const page of all) await expect.poll(() => boardOf(page)).toEqual(end);
  });
});

async function addColumnAndLabel(page: Page, name: string, label: string): Promise<void> {
  await page.getByRole("textbox", { name: "New column" }).fill(name);
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "New label" }).fill(label);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Board" }).click();
  await expect(column(page, name)).toBeVisible();
}

async function create(page: Page, titles: readonly string[]): Promise<void> {
  await page.keyboard.press("c");
  for (const title of titles) {
    await page.getByRole("textbox", { name: "Title of the new task" }).fill(title);
    await page.keyboard.press("Enter");
  }
  await page.keyboard.press("Escape");
}

/** The task that is open in a page. */
const panel = (page: Page): Locator => page.getByRole("complementary");

async function pick(page: Page, property: string, words: string): Promise<void> {
  await panel(page).getByRole("combobox", { name: property }).click();
  await page.getByRole("dialog", { name: property }).getByRole("combobox").fill(words);
  await page.keyboard.press("Enter");
}

async function planByMouse(page: Page): Promise<void> {
  const from = await middleOf(card(page, "Fix the checkout"));
  const to = await middleOf(column(page, "Todo"));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, from.y, { steps: 8 });
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up();
  await expect(cardIn(page, "Todo", "Fix the checkout")).toBeVisible();
}

/** Waits for the picker to open and to close, as whoever looks at it does. */
async function pickByKeys(page: Page, key: string, words: string, close?: "Escape"): Promise<void> {
  await page.keyboard.press(key);
  await expect(page.locator("input:focus")).toHaveCount(1);
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  if (close) await page.keyboard.press(close);
  await expect(page.getByRole("listbox")).toHaveCount(0);
  await expect(page.locator("input:focus")).toHaveCount(0);
}

async function planByKeys(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
  await page.keyboard.type("terms");
  await expect(page.getByRole("option", { name: /Write the terms/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "WS-2 Write the terms" })).toBeFocused();
  await pickByKeys(page, "a", "cleo", "Escape");
  await pickByKeys(page, "l", "bug", "Escape");
  await pickByKeys(page, "s", "in prog");
  await page.keyboard.press("e");
  await expect(page.getByRole("textbox", { name: "Description" })).toBeFocused();
  await page.keyboard.type("In *two* languages.");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("region", { name: "Description" })).toContainText("In two languages.");
  await page.keyboard.press("Escape");
  await expect(panel(page)).toBeHidden();
  await expect(cardIn(page, "In progress", "Write the terms")).toContainText("bug");
  await expect(card(page, "Write the terms").getByRole("img", { name: "Assigned to: Cleo Lang" })).toBeVisible();
}

async function talkByTouch(page: Page): Promise<void> {
  await card(page, "Cookie note").tap();
  await panel(page).getByRole("combobox", { name: "Assignees" }).tap();
  await page.getByRole("option", { name: /Dan Iyer/ }).tap();
  // Beside the picker, on nothing.
  await page.touchscreen.tap(8, 700);
  await panel(page).getByRole("button", { name: /^Due/ }).tap();
  await page.getByRole("button", { name: "Today" }).tap();
  await panel(page).getByRole("button", { name: "Write a comment" }).tap();
  await page.getByRole("textbox", { name: "Comment" }).pressSequentially("Done today, @ada");
  await page.getByRole("option", { name: /Ada Lund/ }).tap();
  await panel(page).getByRole("button", { name: "Comment", exact: true }).tap();
  await expect(panel(page).getByRole("article", { name: "Comment by Dan Iyer" })).toContainText("@Ada Lund");
  await page.goBack();
  await expect(panel(page)).toBeHidden();
  await page.getByRole("link", { name: "My tasks" }).tap();
  await expect(page.getByRole("link", { name: /WS-3 Cookie note/ })).toBeVisible();
  await page.goBack();
}

async function waitForAnother(page: Page): Promise<void> {
  await card(page, "Choose a bank").click();
  await panel(page).getByRole("button", { name: "Add a subtask" }).click();
  await page.getByRole("textbox", { name: "Title of the subtask" }).fill("Ask for prices");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await panel(page).getByRole("button", { name: "Add a dependency" }).click();
  await page.getByRole("menuitem", { name: /Waits for/ }).click();
  await page.getByRole("dialog", { name: "Waits for" }).getByRole("combobox").fill("cookie");
  await page.getByRole("option", { name: /Cookie note/ }).click();
  await expect(card(page, "Choose a bank").getByRole("img", { name: "Waits for WS-3." })).toBeVisible();

  await pick(page, "Status", "Done");
  await expect(panel(page)).toContainText("WS-4 waits for WS-3.");
  await panel(page).getByRole("button", { name: "Close" }).last().click();
  await live(page);
}

/** Reads in the inbox what somebody asked, and finishes it. */
async function followUp(page: Page): Promise<void> {
  await page.getByRole("link", { name: /Inbox/ }).click();
  await page.getByRole("link", { name: /WS-3 Cookie note Dan Iyer mentioned you/ }).click();
  await expect(panel(page).getByRole("article", { name: "Comment by Dan Iyer" })).toBeVisible();
  await pick(page, "Status", "Done");
  await panel(page).getByRole("button", { name: "Close" }).first().click();
  await expect(cardIn(page, "Done", "Cookie note")).toBeVisible();
}

async function finishWhatWaited(page: Page): Promise<void> {
  await expect(card(page, "Choose a bank").getByRole("img", { name: "Waits for WS-3." })).toBeHidden();
  await pick(page, "Status", "Done");
  await expect(cardIn(page, "Done", "Choose a bank")).toBeVisible();
}

async function undoAndRedo(page: Page): Promise<void> {
  await page.keyboard.press("Control+z");
  await expect(cardIn(page, "Backlog", "Fix the checkout")).toBeVisible();
  await page.keyboard.press("Control+Shift+z");
  await expect(cardIn(page, "Todo", "Fix the checkout")).toBeVisible();
}

async function makeViewer(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: `Role of ${name}` }).click();
  await page.getByRole("menuitemradio", { name: "Viewer" }).click();
  await page.getByRole("link", { name: "Board" }).click();
}

/** What each column shows, from top to bottom: all words of a card. */
function boardOf(page: Page): Promise<Record<string, string[]>> {
  return page.locator("[data-board]").evaluate((board) => {
    const top = (card: Element) => card.getBoundingClientRect().top;
    const cardsOf = (list: Element) => [...list.querySelectorAll("[data-card]")].sort((a, b) => top(a) - top(b));
    const lists = [...board.querySelectorAll<HTMLElement>("[data-column]")];
    return Object.fromEntries(
      lists.map((list) => [list.dataset["column"] ?? "", cardsOf(list).map((card) => card.textContent ?? "")]),
    );
  });
}
