// The board as a person finds it.

import { expect, type Locator, type Page } from "@playwright/test";

export const column = (page: Page, name: string): Locator =>
  page.getByRole("region", { name: new RegExp(`^${name}, \\d`) });

export const cardIn = (page: Page, name: string, title: string): Locator =>
  column(page, name)
    .getByRole("listitem")
    .filter({ has: titled(page, title) });

export const card = (page: Page, title: string): Locator =>
  page
    .locator("[data-board]")
    .getByRole("listitem")
    .filter({ has: titled(page, title) });

/** A subtask's card has the title of what it is part of too. */
const titled = (page: Page, title: string): Locator =>
  page.locator(`[title*=${JSON.stringify(title)}]:not([title^="Part of "])`);

/** Opens a project's board and waits until it is live. */
export async function openBoard(page: Page, project: string): Promise<void> {
  await page.goto(`p/${project}`);
  await live(page);
}

export async function live(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "Live", exact: true })).toBeVisible();
}

/** The titles of a column from top to bottom, as they are seen. */
export async function titlesIn(page: Page, name: string): Promise<string[]> {
  const cards = await column(page, name).locator("[data-card]").all();
  const seen = await Promise.all(
    cards.map(async (one) => ({
      top: (await one.boundingBox())?.y ?? 0,
      title: (await one.locator("[title]").first().getAttribute("title")) ?? "",
    })),
  );
  return seen.sort((a, b) => a.top - b.top).map(({ title }) => title);
}

export interface Point {
  x: number;
  y: number;
}

export async function middleOf(place: Locator): Promise<Point> {
  const box = await place.boundingBox();
  if (!box) throw new Error("what is to be pointed at is not on the screen");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
