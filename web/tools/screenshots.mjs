// `make screenshots`: pictures of the screens, as the demo user of a running `make run` sees them, into docs/screenshots.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const server = process.env.LOCKSTEP_SERVER ?? "http://localhost:8080";
const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const project = "Web shop";
const task = 192;

const sizes = [
  { prefix: "", viewport: { width: 1360, height: 860 } },
  { prefix: "phone-", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
];

/** Where each screen is, and what is there once it is drawn. */
const screens = [
  { name: "board", path: (base) => base, drawn: "[data-card]" },
  { name: "list", path: (base) => `${base}?view=list`, drawn: "main a, main button" },
  { name: "task", path: (base) => `${base}/${task}`, drawn: "[data-panel] h2" },
  { name: "settings", path: (base) => `${base}/settings`, drawn: "main h2" },
  { name: "inbox", path: () => "/inbox", drawn: "[data-row]" },
  { name: "my-tasks", path: () => "/me/tasks", drawn: "[data-row]" },
  { name: "projects", path: () => "/projects", drawn: "main a" },
  { name: "account", path: () => "/account", drawn: "h2" },
];

async function signIn(page) {
  await page.goto(server);
  await page.getByLabel("E-mail").fill("mira@demo.test");
  await page.getByLabel("Password").fill("lockstep-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Projects", exact: true }).waitFor();
  return await page.getByRole("main").getByRole("link", { name: project }).first().getAttribute("href");
}

async function picture(page, base, { name, path, drawn }, { prefix, theme }) {
  await page.goto(new URL(path(base), server).href);
  await page.locator(drawn).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${folder}${prefix}${name}-${theme}.png`, animations: "disabled" });
}

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
try {
  for (const { prefix, ...size } of sizes) {
    for (const theme of ["light", "dark"]) {
      const context = await browser.newContext({ ...size, colorScheme: theme, reducedMotion: "reduce" });
      const page = await context.newPage();
      const base = await signIn(page);
      for (const screen of screens) await picture(page, base, screen, { prefix, theme });
      await context.close();
    }
  }
} finally {
  await browser.close();
}
process.stdout.write(`${screens.length * sizes.length * 2} pictures are in docs/screenshots.\n`);
