// How long it takes until a board can be used.

import type { Browser, BrowserContext, Page } from "@playwright/test";
import type { Account } from "../../tests/lib/cluster";

declare global {
  interface Window {
    usable?: Promise<number>;
  }
}

/** A browser in which somebody is signed in who has opened nothing yet: neither script nor data is there. */
export async function freshBrowser(browser: Browser, address: string, who: Account): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: address });
  const { email, password } = who;
  const answer = await context.request.post("api/v1/auth/login", { data: { email, password } });
  if (!answer.ok()) throw new Error(`the sign-in was refused: ${answer.status()}`);
  return context;
}

/**
 * Opens an address in a new tab. Milliseconds from the start of the navigation until a card was drawn and the page has time for
 * what a person does: the first timer after the frame in which a card was in the document.
 */
export async function opened(
  context: BrowserContext,
  address: string,
  card = "[data-card]",
): Promise<{ page: Page; ms: number }> {
  const page = await context.newPage();
  await page.addInitScript((selector) => {
    window.usable = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (!document.querySelector(selector)) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      });
      observer.observe(document, { childList: true, subtree: true });
    });
  }, card);
  await page.goto(address, { waitUntil: "commit" });
  const ms = await page.evaluate(() => window.usable);
  if (ms === undefined) throw new Error("the page did not say when it could be used");
  return { page, ms };
}

/** Waits until the local copy of a project is written. */
export async function copied(page: Page, project: string): Promise<void> {
  await page.evaluate(async (id) => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const [named] = await indexedDB.databases();
    const database = await settled(indexedDB.open(named?.name ?? ""));
    const key = () => settled(database.transaction("copies").objectStore("copies").getKey(id));
    while ((await key()) === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
    database.close();
  }, project);
}

export interface Openings {
  readonly cold: number;
  readonly local: number;
}

/** The first opening of a project in a browser, and the second. */
export async function openings(browser: Browser, address: string, who: Account, project: string): Promise<Openings> {
  const context = await freshBrowser(browser, address, who);
  const first = await opened(context, `p/${project}`);
  await copied(first.page, project);
  await first.page.close();
  let loaded = 0;
  context.on("request", (request) => {
    if (request.url().includes("/snapshot")) loaded += 1;
  });
  const second = await opened(context, `p/${project}`);
  await context.close();
  if (loaded > 0) throw new Error("the second opening did not use the local copy");
  return { cold: first.ms, local: second.ms };
}
