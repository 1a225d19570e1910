import type { Locator, Page } from "@playwright/test";
import { Api } from "./lib/api";
import { cardIn, middleOf, openBoard, titlesIn } from "./lib/board";
import { Finger } from "./lib/finger";
import { expect, test } from "./lib/flow";

/** Notes the title of each card that is lifted from now on. */
async function noteLifts(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const board = document.querySelector("[data-board]");
    if (!board) throw new Error("no board");
    board.setAttribute("data-lifts", "[]");
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        if (!(target instanceof HTMLElement) || target.dataset["lifted"] === undefined) continue;
        const lifts: string[] = JSON.parse(board.getAttribute("data-lifts") ?? "[]");
        const title = target.querySelector("[title]")?.getAttribute("title") ?? "";
        board.setAttribute("data-lifts", JSON.stringify([...lifts, title]));
      }
    }).observe(board, { subtree: true, attributeFilter: ["data-lifted"] });
  });
  return () => page.locator("[data-board]").evaluate((board) => JSON.parse(board.getAttribute("data-lifts") ?? ""));
}

/** How far a list is scrolled, when it does not move any more. */
const restingPlace = (list: Locator): Promise<number> =>
  list.evaluate(async (element) => {
    let last = -1;
    for (let same = 0; same < 5; same = element.scrollTop === last ? same + 1 : 0) {
      last = element.scrollTop;
      await new Promise(requestAnimationFrame);
    }
    return last;
  });

/** The title of the first card that is seen whole. A fling may go far. */
const firstWhole = (list: Locator): Promise<string> =>
  list.evaluate((element) => {
    const { top } = element.getBoundingClientRect();
    const cards = [...element.querySelectorAll("[data-card]")].map((card) => ({
      top: card.getBoundingClientRect().top,
      title: card.querySelector("[title]")?.getAttribute("title") ?? "",
    }));
    const whole = cards.filter((card) => card.top >= top).sort((a, b) => a.top - b.top);
    return whole[0]?.title ?? "";
  });

test("a finger that moves scrolls, one that presses takes the card to another column", async ({
  cluster,
  signedIn,
}) => {
  const ada = cluster.user(0);
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop");
  const titles = Array.from({ length: 30 }, (_, n) => `Task ${n + 1}.`);
  await api.tasks(project, "todo", titles);
  await api.tasks(project, "in_progress", ["Other"]);
  const { page } = await signedIn(ada, 0, { viewport: { width: 1280, height: 800 }, hasTouch: true });
  await openBoard(page, project);
  const lifts = await noteLifts(page);
  const finger = await Finger.on(page);

  const from = await middleOf(cardIn(page, "Todo", "Task 5."));
  await finger.down(from);
  await finger.move(from, { x: from.x, y: from.y - 250 });
  await finger.up();
  expect(await restingPlace(page.locator("[data-column=todo]"))).toBeGreaterThan(100);

  const title = await firstWhole(page.locator("[data-column=todo]"));
  const start = await middleOf(cardIn(page, "Todo", title));
  await finger.down(start);
  await expect(page.locator("[data-lifted]")).toContainText(title);
  const end = await middleOf(cardIn(page, "In progress", "Other"));
  await finger.move(start, { x: end.x, y: end.y + 60 });
  await finger.up();
  await expect.poll(() => titlesIn(page, "In progress")).toEqual(["Other", title]);
  await expect.poll(() => api.column(project, "in_progress")).toEqual(["Other", title]);
  expect(await lifts()).toEqual([title]);
});
