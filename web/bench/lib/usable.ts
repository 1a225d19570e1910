// How long it takes until a board can be used.

import type { Browser, BrowserContext, Page } from "@playwright/test";
import type { Account } from "../../tests/lib/cluster";

declare global {
  interface Window {
    usable?: Promise<number>;
  }
}

/** A page that is not there by then won't come. */
const withinMs = 60_000;

/** A browser in which somebody is signed in who has opened nothing yet: neither script nor data is there. */
export async function freshBrowser(browser: Browser, address: string, who: Account): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: address });
  const { email, password } = who;
  const answer = await context.request.post("api/v1/auth/login", { data: { email, password } });
  if (!answer.ok()) throw new Error(`the sign-in was refused: ${answer.status()}`);
  // The page asks for a session only where it left this cookie (src/session/world.ts).
  await context.addCookies([{ name: "lockstep.known", value: "1", url: address }]);
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
  const init = ({ selector, within }: { selector: string; within: number }) => {
    window.usable = new Promise((resolve, reject) => {
      const says = () => document.body.textContent.slice(0, 300);
      setTimeout(() => reject(new Error(`no ${selector} within ${within} ms. The page says: ${says()}`)), within);
      const observer = new MutationObserver(() => {
        if (!document.querySelector(selector)) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      });
      observer.observe(document, { childList: true, subtree: true });
    });
  };
  await page.addInitScript(init, { selector: card, within: withinMs });
  await page.goto(address, { waitUntil: "commit" });
  const ms = await page.evaluate(() => window.usable);
  if (ms === undefined) throw new Error("the page did not say when it could be used");
  return { page, ms };
}

/** Waits until the local copy of a project is written. */
export async function copied(page: Page, project: string): Promise<void> {
  const wait = async ({ id, within }: { id: string; within: number }) => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const [named] = await indexedDB.databases();
    const database = await settled(indexedDB.open(named?.name ?? ""));
    const key = () => settled(database.transaction("copies").objectStore("copies").getKey(id));
    const end = performance.now() + within;
    while ((await key()) === undefined) {
      if (performance.now() > end) throw new Error(`no local copy within ${within} ms`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    database.close();
  };
  await page.evaluate(wait, { id: project, within: withinMs });
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
