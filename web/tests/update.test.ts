import { Api } from "./lib/api";
import { expect, test } from "./lib/flow";
import { Gateway } from "./lib/gateway";

const LOADS = 100;

function anotherProgram(): string {
  const program = process.env["LOCKSTEP_ANOTHER_BIN"];
  if (!program) throw new Error("LOCKSTEP_ANOTHER_BIN is not set: `make test` names another build in it");
  return program;
}

test.describe("in the middle of an update, with every request at another build than the one before", () => {
  test.use({ instances: 2 });

  test("no first load and no change of screen fails", async ({ cluster, signedIn }) => {
    test.setTimeout(240_000);
    await cluster.update(1, anotherProgram());
    const gateway = await Gateway.start(cluster.instances.map(({ http }) => http));
    const ada = cluster.user(0);
    const project = await Api.of(cluster, ada).project("Shop");
    const { page } = await signedIn(ada, `${gateway.address}/`);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });

    const loads = { own: 0, another: 0 };
    /** What leads to a screen, and the heading on it. */
    const screens = [
      ["Inbox", "Inbox"],
      ["My tasks", "My tasks"],
      ["Settings", "Members"],
      ["Projects", "Projects"],
    ] as const;
    for (let load = 0; load < LOADS; load++) {
      await page.goto(`${gateway.address}/p/${project}`);
      await expect(page.getByRole("heading", { name: "Shop" })).toBeVisible();
      loads[(await page.evaluate(() => "isAnotherBuild" in globalThis)) ? "another" : "own"] += 1;
      const [link, heading] = screens[load % screens.length] ?? screens[0];
      await page.getByRole("link", { name: link }).first().click();
      await expect(page.getByRole("heading", { name: heading, exact: true })).toBeVisible();
    }
    expect(loads.own, "loads of one build").toBeGreaterThan(LOADS / 4);
    expect(loads.another, "loads of the other").toBeGreaterThan(LOADS / 4);
    await page.close();
    await gateway.stop();
  });
});
