// What every flow has: instances with an empty database, and people in browsers of their own.

import { type BrowserContext, type BrowserContextOptions, test as base, expect, type Page } from "@playwright/test";
import { Balancer } from "./balancer";
import { type Account, Cluster } from "./cluster";

export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
}

interface Options {
  instances: number;
  /** What the instances are told by their environment. */
  settings: Record<string, string>;
  /** Accounts that are there before the flow begins. */
  users: number;
  /** The page has the balancer's address. */
  balanced: boolean;
  /** The flow takes the network away, which the browser writes to its console. */
  cutsNetwork: boolean;
  /** The flow ends a session elsewhere, of which the browser writes the refusal to its console. */
  endsSession: boolean;
  /** What else the browser writes to its console in this flow. */
  expectedErrors: RegExp | null;
}

interface Flow {
  /** The address of all instances together. */
  balancer: Balancer;
  cluster: Cluster;
  /** Opens a browser for somebody, on the page of an instance or at an address. */
  arrive(where: number | string, options?: BrowserContextOptions): Promise<Person>;
  /** As `arrive`, and signs in. */
  signedIn(who: Account, where: number | string, options?: BrowserContextOptions): Promise<Person>;
}

const REFRESH = /\/api\/v1\/auth\/refresh$/;

type Expected = Pick<Options, "cutsNetwork" | "endsSession" | "expectedErrors">;

function noteFaults(page: Page, { cutsNetwork, endsSession, expectedErrors }: Expected, faults: string[]): void {
  page.on("pageerror", (error) => faults.push(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    const { url } = message.location();
    const text = message.text();
    if (endsSession && text.includes("401") && REFRESH.test(url)) return;
    if (cutsNetwork && /net::ERR_|WebSocket connection to|status of 50[234]/.test(text)) return;
    if (expectedErrors?.test(text)) return;
    faults.push(`${text} (${url})`);
  });
}

export const test = base.extend<Options & Flow>({
  instances: [1, { option: true }],
  settings: [{}, { option: true }],
  users: [1, { option: true }],
  balanced: [false, { option: true }],
  cutsNetwork: [false, { option: true }],
  endsSession: [false, { option: true }],
  expectedErrors: [null, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from its first parameter.
  balancer: async ({}, use) => {
    const balancer = await Balancer.start();
    await use(balancer);
    await balancer.stop();
  },
  cluster: async ({ instances, users, settings, balanced, balancer }, use, info) => {
    const address: Record<string, string> = balanced ? { LOCKSTEP_PUBLIC_URL: balancer.address } : {};
    const cluster = await Cluster.start(instances, users, { ...settings, ...address });
    balancer.serve(cluster.instances);
    await use(cluster);
    if (info.status !== info.expectedStatus) {
      await info.attach("server.log", { body: await cluster.readLog(), contentType: "text/plain" });
    }
    await cluster.quit();
  },
  arrive: async ({ browser, cluster, cutsNetwork, endsSession, expectedErrors }, use) => {
    const faults: string[] = [];
    const contexts: BrowserContext[] = [];
    await use(async (where, options) => {
      const baseURL = typeof where === "string" ? where : (cluster.instances[where]?.http ?? "");
      const context = await browser.newContext({ baseURL, ...options });
      contexts.push(context);
      context.on("page", (page) => noteFaults(page, { cutsNetwork, endsSession, expectedErrors }, faults));
      const page = await context.newPage();
      await page.goto("./");
      return { page, context };
    });
    for (const context of contexts) await context.close();
    expect(faults, "errors in the console of a page").toEqual([]);
  },
  signedIn: async ({ arrive }, use) => {
    await use(async (who, where, options) => {
      const person = await arrive(where, options);
      await signIn(person.page, who);
      return person;
    });
  },
});

/** Afterwards the page is where it was, as far as this person may see it. */
export async function giveNameAndPassword(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function signIn(page: Page, who: Account): Promise<void> {
  await giveNameAndPassword(page, who);
  await expect(page.getByRole("heading", { name: "Projects", exact: true })).toBeVisible();
}

export { expect };
