import { expect, test } from "vitest";
import { SessionEnded } from "../api/problem";
import { FakeBrowser, settled } from "./fake-browser";
import type { Session } from "./session";

const ADA = "ada@example.org";
const BOB = "bob@example.org";
const NEARLY_OVER = 850_000;
const OVER = 900_000;

async function signedIn(browser: FakeBrowser, email = ADA): Promise<Session> {
  const tab = browser.tab();
  await tab.start();
  await tab.signIn(email, "right");
  return tab;
}

async function secondTab(browser: FakeBrowser): Promise<Session> {
  const tab = browser.tab();
  await tab.start();
  await tab.token();
  await settled();
  return tab;
}

const who = (tab: Session): string => {
  const state = tab.state();
  return "me" in state ? `${state.kind} ${state.me.email}` : state.kind;
};

test("on a first visit nobody is signed in, and the server is not asked", async () => {
  const browser = new FakeBrowser();
  const tab = browser.tab();
  await tab.start();
  expect(tab.state()).toEqual({ kind: "signed_out" });
  await expect(tab.token()).rejects.toBeInstanceOf(SessionEnded);
  expect(browser.refreshes).toBe(0);
});

test("who signed out is not asked for, and whose session ended while the browser was closed is", async () => {
  const browser = new FakeBrowser();
  const first = await signedIn(browser);
  await first.signOut();
  const before = browser.refreshes;
  await browser.tab().start();
  expect(browser.refreshes).toBe(before);
  await signedIn(browser);
  browser.endSession();
  browser.kept = null;
  const later = browser.tab();
  await later.start();
  expect([later.state(), browser.refreshes]).toEqual([{ kind: "signed_out" }, before + 1]);
});

test("a wrong password is told and signs nobody in", async () => {
  const tab = new FakeBrowser().tab();
  await tab.start();
  await expect(tab.signIn(ADA, "wrong")).rejects.toThrow("invalid_credentials");
  expect(who(tab)).toBe("signed_out");
});

test("who was here before is signed in before the network answers", async () => {
  const browser = new FakeBrowser();
  await signedIn(browser);
  browser.isOffline = true;
  const tab = browser.tab();
  await tab.start();
  expect(who(tab)).toBe(`signed_in ${ADA}`);
});

test("without a kept name the page waits for the network, and says so", async () => {
  const browser = new FakeBrowser();
  await signedIn(browser);
  browser.kept = null;
  browser.isOffline = true;
  const tab = browser.tab();
  const started = tab.start();
  await settled();
  expect(tab.state()).toEqual({ kind: "starting", trouble: expect.stringContaining("Can't reach the server") });
  browser.isOffline = false;
  await browser.elapse();
  await started;
  expect(who(tab)).toBe(`signed_in ${ADA}`);
});

test("a token is kept until it is nearly over", async () => {
  const browser = new FakeBrowser();
  const tab = await signedIn(browser);
  const before = browser.refreshes;
  const token = await tab.token();
  browser.now = NEARLY_OVER - 20_000;
  expect(await tab.token()).toBe(token);
  browser.now = NEARLY_OVER;
  expect(await tab.token()).not.toBe(token);
  expect(browser.refreshes).toBe(before + 1);
});

test("two tabs refresh once, and have the same token", async () => {
  const browser = new FakeBrowser();
  const one = await signedIn(browser);
  const two = await secondTab(browser);
  const before = browser.refreshes;
  browser.isSlow = true;
  browser.now = 2 * OVER;
  const tokens = Promise.all([one.token(), two.token(), one.token()]);
  await settled();
  await browser.elapse();
  expect(new Set(await tokens).size).toBe(1);
  expect(browser.refreshes).toBe(before + 1);
});

test("a lost answer of a refresh is asked for again at once", async () => {
  const browser = new FakeBrowser();
  const tab = await signedIn(browser);
  browser.now = OVER;
  browser.faults.push("lost");
  expect(await tab.token()).toMatch(ADA);
  expect(who(tab)).toBe(`signed_in ${ADA}`);
});

test("a refresh that fails ahead of the end leaves the token that is still good", async () => {
  const browser = new FakeBrowser();
  const tab = await signedIn(browser);
  const token = await tab.token();
  browser.now = NEARLY_OVER;
  browser.isOffline = true;
  expect(await tab.token()).toBe(token);
});

test("without a network the session goes on, and refreshes by itself when it is back", async () => {
  const browser = new FakeBrowser();
  const tab = await signedIn(browser);
  browser.now = OVER;
  browser.isOffline = true;
  await expect(tab.token()).rejects.toBeInstanceOf(TypeError);
  expect(who(tab)).toBe(`signed_in ${ADA}`);
  browser.isOffline = false;
  const before = browser.refreshes;
  await browser.elapse();
  expect(browser.refreshes).toBe(before + 1);
});

test("a token that the server refuses is replaced", async () => {
  const browser = new FakeBrowser();
  const tab = await signedIn(browser);
  const token = await tab.token();
  tab.invalidate(token);
  const next = await tab.token();
  expect(next).not.toBe(token);
  tab.invalidate(token);
  expect(await tab.token()).toBe(next);
});

test("an ended session keeps who it was for, in all tabs", async () => {
  const browser = new FakeBrowser();
  const one = await signedIn(browser);
  const two = await secondTab(browser);
  browser.endSession();
  browser.now = 2 * OVER;
  await expect(one.token()).rejects.toBeInstanceOf(SessionEnded);
  await settled();
  expect([who(one), who(two)]).toEqual([`expired ${ADA}`, `expired ${ADA}`]);
});

test("a session that ended before its token is found out by a check", async () => {
  const browser = new FakeBrowser();
  const tab = await signedIn(browser);
  browser.endSession();
  expect(await tab.token()).toMatch(ADA);
  await expect(tab.check()).rejects.toBeInstanceOf(SessionEnded);
  expect(who(tab)).toBe(`expired ${ADA}`);
});

test("the password given in one tab brings all of them back", async () => {
  const browser = new FakeBrowser();
  const one = await signedIn(browser);
  const two = await secondTab(browser);
  browser.endSession();
  browser.now = 2 * OVER;
  await expect(one.token()).rejects.toBeInstanceOf(SessionEnded);
  await two.signIn(ADA, "right");
  await settled();
  expect([who(one), who(two)]).toEqual([`signed_in ${ADA}`, `signed_in ${ADA}`]);
  expect(await one.token()).toBe(await two.token());
});

test("signing out in one tab does so in all, and nobody is remembered", async () => {
  const browser = new FakeBrowser();
  const one = await signedIn(browser);
  const two = await secondTab(browser);
  await one.signOut();
  await settled();
  expect([one.state(), two.state()]).toEqual([{ kind: "signed_out" }, { kind: "signed_out" }]);
  expect(browser.kept).toBeNull();
});

test("who leaves an ended session is told apart from who signs out", async () => {
  const browser = new FakeBrowser();
  const one = await signedIn(browser);
  const two = await secondTab(browser);
  one.abandon();
  await settled();
  expect(two.state()).toEqual({ kind: "signed_out", reason: "ended" });
});

test("without the server's answer nobody is signed out, because the cookie would stay", async () => {
  const browser = new FakeBrowser();
  const tab = await signedIn(browser);
  browser.isOffline = true;
  await expect(tab.signOut()).rejects.toBeInstanceOf(TypeError);
  expect(who(tab)).toBe(`signed_in ${ADA}`);
});

test("a guard keeps a person from signing out", async () => {
  const browser = new FakeBrowser();
  const tab = await signedIn(browser);
  const release = tab.guardSignOut(async () => false);
  await tab.signOut();
  expect(who(tab)).toBe(`signed_in ${ADA}`);
  release();
  await tab.signOut();
  expect(who(tab)).toBe("signed_out");
});

test("a tab of one person does not become another one's", async () => {
  const browser = new FakeBrowser();
  const one = await signedIn(browser);
  const two = await secondTab(browser);
  browser.endSession();
  browser.now = 2 * OVER;
  await expect(one.token()).rejects.toBeInstanceOf(SessionEnded);
  await two.signIn(BOB, "right");
  await settled();
  expect(one.state()).toMatchObject({ kind: "replaced", me: { email: ADA }, by: { email: BOB } });
  await expect(one.token()).rejects.toBeInstanceOf(SessionEnded);
});

test("a tab that missed the change of person finds out by its next refresh", async () => {
  const browser = new FakeBrowser();
  const one = await signedIn(browser);
  browser.isDeaf = true;
  const two = await secondTab(browser);
  await two.signIn(BOB, "right");
  expect(who(one)).toBe(`signed_in ${ADA}`);
  browser.now = OVER;
  await expect(one.token()).rejects.toBeInstanceOf(SessionEnded);
  expect(one.state()).toMatchObject({ kind: "replaced", by: { email: BOB } });
});

test("a change of the own account shows in all tabs", async () => {
  const browser = new FakeBrowser();
  const one = await signedIn(browser);
  const two = await secondTab(browser);
  await one.updateMe({ name: "Ada Byron" });
  await settled();
  expect(two.state()).toMatchObject({ me: { name: "Ada Byron" } });
});
