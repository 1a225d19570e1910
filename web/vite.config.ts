import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import type { Plugin, Rollup } from "vite";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the page beside a running Lockstep, whose address LOCKSTEP_SERVER may name.
const server = process.env["LOCKSTEP_SERVER"] ?? "http://localhost:8080";

/** The document of the page. That of the fixtures has neither board nor theme. */
const PAGE = "/index.html";

const boardScreen = "/src/screens/project/index.tsx";

/**
 * The board is what most addresses show, so its files are asked for beside those of the entry. Without this they are found only
 * once the entry has run.
 */
function boardAhead(): Plugin {
  return {
    name: "board-ahead",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html, { path, bundle = {} }) => {
        if (path !== PAGE) return html;
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const board = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(boardScreen));
        if (!board) throw new Error(`there is no chunk of ${boardScreen}`);
        return withImports([board], chunks)
          .flatMap(({ fileName, viteMetadata }) => [
            { rel: "modulepreload", href: `./${fileName}` },
            ...[...(viteMetadata?.importedCss ?? [])].map((css) => ({ rel: "preload", as: "style", href: `./${css}` })),
          ])
          .filter(({ href }) => !html.includes(href))
          .map((attrs) => ({ tag: "link", attrs: { ...attrs, crossorigin: true }, injectTo: "head" }));
      },
    },
  };
}

const themeScript = "src/app/theme-first.js";

/**
 * Gives the script that runs before the first paint a name by what is in it, as the others have. So a browser that has it does not
 * ask whether it is the newest, while the page waits. It is no module, because modules run later.
 */
function namedThemeScript(): Plugin {
  return {
    name: "named-theme-script",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "asset", name: "theme.js", source: readFileSync(themeScript, "utf8") });
    },
    transformIndexHtml: {
      order: "post",
      handler: (html, { path, bundle = {} }) => {
        if (path !== PAGE) return html;
        const file = Object.values(bundle).find((one) => one.type === "asset" && one.names.includes("theme.js"));
        if (!file || !html.includes(themeScript)) throw new Error("index.html does not name the theme's script");
        return html.replace(themeScript, file.fileName);
      },
    },
  };
}

/** What has to be there before the first of these can run. */
function withImports(some: Rollup.OutputChunk[], all: readonly Rollup.OutputChunk[]): Rollup.OutputChunk[] {
  const needed = new Set(some);
  // A set is walked in the order in which it grows.
  for (const { imports } of needed) for (const one of all) if (imports.includes(one.fileName)) needed.add(one);
  return [...needed];
}

export default defineConfig({
  base: "./",
  plugins: [react(), namedThemeScript(), boardAhead()],
  build: { target: "es2022", sourcemap: false, modulePreload: { polyfill: false } },
  server: { proxy: { "/api": { target: server }, "/connection": { target: server, ws: true } } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], restoreMocks: true },
});
