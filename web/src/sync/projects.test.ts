import { expect, it } from "vitest";
import { World } from "./model/world";

it("events that this build does not know cost at most one snapshot in ten seconds, and the page says that it is behind", async () => {
  const world = new World(1);
  const tab = await world.openTab();
  await world.time.pass(5_000);
  const since = world.time.now;
  const seen: string[] = [];
  for (let count = 0; count < 60; count += 1) {
    world.server.writeUnknown();
    await world.time.pass(500);
    seen.push(tab.engine.state().live);
  }
  const asked = world.asked.filter(({ at }) => at >= since).map(({ path }) => path);
  expect(asked.filter((path) => path.endsWith("/snapshot")).length).toBeLessThanOrEqual(4);
  expect(asked.length).toBeLessThanOrEqual(20);
  expect(seen).toContain("catching_up");
  await world.time.pass(12_000);
  expect(tab.store?.version).toBe(world.server.version);
  expect(tab.engine.state().live).toBe("live");
});
