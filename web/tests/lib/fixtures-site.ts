// The page of fixtures, built in memory and answered to a browser without a server, under the policy that the server sends.

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { build } from "vite";

const ORIGIN = "http://fixtures.test";

/** As in crates/server/src/page: what a component may not do there, it may not do here. */
function policy(): string {
  const source = readFileSync(new URL("../../../crates/server/src/page/mod.rs", import.meta.url), "utf8");
  const text = /const POLICY: &str = "([^"]*)";/.exec(source)?.[1];
  if (text === undefined) throw new Error("The server's policy is not where it was.");
  return text.replaceAll(/\\\n\s*/g, "");
}

const types: Record<string, string> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  woff2: "font/woff2",
};

export class FixturesSite {
  private constructor(private readonly files: ReadonlyMap<string, Buffer>) {}

  static async build(): Promise<FixturesSite> {
    const built = await build({
      logLevel: "warn",
      build: { write: false, rolldownOptions: { input: "fixtures.html" } },
    });
    if (!("output" in built)) throw new Error("Vite answered no single build.");
    const files = built.output.map((file) => {
      return [`/${file.fileName}`, Buffer.from(file.type === "chunk" ? file.code : file.source)] as const;
    });
    return new FixturesSite(new Map(files));
  }

  async open(page: Page): Promise<void> {
    const headers = { "content-security-policy": policy() };
    await page.route(`${ORIGIN}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      const body = this.files.get(pathname);
      const contentType = types[pathname.split(".").at(-1) ?? ""] ?? "application/octet-stream";
      return body ? route.fulfill({ body, headers, contentType }) : route.fulfill({ status: 404 });
    });
    await page.goto(`${ORIGIN}/fixtures.html`);
    await page.getByRole("heading", { name: "Components" }).waitFor();
    await page.evaluate(() => document.fonts.ready);
  }
}
