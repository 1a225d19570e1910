import { defineConfig } from "@playwright/test";

// `make test` names the browser in CHROMIUM and the program in LOCKSTEP_BIN.
const executablePath = process.env["CHROMIUM"];

export default defineConfig({
  testDir: "tests",
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env["CI"]),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
