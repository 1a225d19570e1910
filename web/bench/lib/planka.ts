// Planka 2, which PLANKA_URL names. How it is asked follows from the sources of its version 2.1.1 (its routes, its models and its
// page's way to keep the sign-in). The account must have signed in once, so that it has accepted the terms.

import type { Browser, BrowserContext } from "@playwright/test";
import { titleOf } from "../../tests/lib/fill";

interface Item {
  readonly id: string;
}

const step = 65_536;
/** Requests at once while cards are made. */
const atOnce = 8;

export class Planka {
  private constructor(
    readonly address: string,
    private readonly token: string,
  ) {}

  /** `null` where none is named. */
  static async named(): Promise<Planka | null> {
    const { PLANKA_URL, PLANKA_EMAIL, PLANKA_PASSWORD } = process.env;
    if (!PLANKA_URL) return null;
    if (!PLANKA_EMAIL || !PLANKA_PASSWORD)
      throw new Error("PLANKA_URL needs PLANKA_EMAIL and PLANKA_PASSWORD beside it");
    const body = { emailOrUsername: PLANKA_EMAIL, password: PLANKA_PASSWORD };
    const address = PLANKA_URL.replace(/\/+$/, "");
    return new Planka(address, await ask<string>(address, "POST", "access-tokens", body, {}));
  }

  /** Makes a board with so many cards in four lists, and answers where it is and which cards come first. */
  async board(cards: number): Promise<{ path: string; cards: string[] }> {
    const project = await this.make("projects", { type: "private", name: `${cards} cards` });
    const board = await this.make(`projects/${project}/boards`, { position: step, name: "Board" });
    const lists: string[] = [];
    for (const [n, name] of ["Backlog", "Todo", "In progress", "In review"].entries()) {
      lists.push(await this.make(`boards/${board}/lists`, { type: "active", position: (n + 1) * step, name }));
    }
    const ids: string[] = [];
    for (let first = 0; first < cards; first += atOnce) {
      const some = Array.from({ length: Math.min(atOnce, cards - first) }, (_, n) => first + n);
      const made = some.map((n) =>
        this.make(`lists/${lists[n % lists.length]}/cards`, {
          type: "project",
          position: (n + 1) * step,
          name: titleOf(n + 1),
        }),
      );
      ids.push(...(await Promise.all(made)));
    }
    return { path: `${this.address}/boards/${board}`, cards: ids };
  }

  async rename(card: string, name: string): Promise<void> {
    await this.send("PATCH", `cards/${card}`, { name });
  }

  /** A browser in which the account is signed in: its page keeps the token in a cookie. */
  async browser(browser: Browser): Promise<BrowserContext> {
    const context = await browser.newContext();
    await context.addCookies([
      { name: "accessToken", value: this.token, url: this.address },
      { name: "accessTokenVersion", value: "1", url: this.address },
    ]);
    return context;
  }

  private async make(path: string, body: object): Promise<string> {
    return (await this.send("POST", path, body)).id;
  }

  private send(method: string, path: string, body: object): Promise<Item> {
    return ask<Item>(this.address, method, path, body, { authorization: `Bearer ${this.token}` });
  }
}

async function ask<T>(
  address: string,
  method: string,
  path: string,
  body: object,
  headers: Record<string, string>,
): Promise<T> {
  const response = await fetch(`${address}/api/${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Planka: ${method} ${path}: ${response.status} ${text}`);
  return (JSON.parse(text) as { item: T }).item;
}
