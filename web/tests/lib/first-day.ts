// How people come to a new installation: the first account, its project, and the link for the others.

import { expect, type Page } from "@playwright/test";
import { live } from "./board";

const PASSWORD = "a long enough password";

async function fillAccount(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(`${name.split(" ")[0]}@example.org`.toLowerCase());
  await page.getByLabel("Password").fill(PASSWORD);
}

export async function makeFirstAccount(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { name: "Make the first account" })).toBeVisible();
  await fillAccount(page, name);
  await page.getByRole("button", { name: "Make the account" }).click();
}

/** Makes a project and waits until its board is live. */
export async function makeProject(page: Page, name: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Make the project" }).click();
  await live(page);
}

/** The link of an invitation that an owner makes in the settings. */
export async function inviteByLink(page: Page, people: number): Promise<string> {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Make an invitation link" }).click();
  await page.getByLabel("For how many people").fill(String(people));
  await page.getByRole("button", { name: "Make the link" }).click();
  return page.getByLabel("Invitation link").inputValue();
}

/** Opens the link at the instance of the page, signs up, and is on the board without another click. */
export async function joinBy(page: Page, link: string, name: string): Promise<void> {
  const { pathname, hash } = new URL(link);
  await page.goto(`.${pathname}${hash}`);
  await expect(page.getByRole("heading", { name: /invites you to/ })).toBeVisible();
  await fillAccount(page, name);
  await page.getByRole("button", { name: "Sign up and join" }).click();
  await live(page);
}
