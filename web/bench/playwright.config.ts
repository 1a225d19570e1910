import tests from "../playwright.config";

// `make bench ARGS=page` runs this. One thing at a time, because it is measured.
export default {
  ...tests,
  testDir: ".",
  testMatch: "*.bench.ts",
  workers: 1,
  fullyParallel: false,
  timeout: 900_000,
  reporter: [["./lib/table.ts"]],
  use: { ...tests.use, trace: "off", actionTimeout: 60_000, navigationTimeout: 60_000 },
};
