import { expect, it } from "vitest";
import { projectId } from "./model/server";
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

it("a project that the server can't give just now is asked for again, longer and longer apart, and the page is not live until it has it", async () => {
  const world = new World(2);
  world.server.busy = 6;
  const tab = await world.openTab();
  const { engine } = tab;
  await world.time.pass(5_000);
  expect([tab.store, engine.isLate(projectId), engine.state().live]).toEqual([null, true, "catching_up"]);
  await world.time.pass(60_000);
  expect([tab.store?.version, engine.isLate(projectId), engine.state().live]).toEqual([2, false, "live"]);
  const asked = world.asked.filter(({ path }) => path.endsWith("/snapshot")).map(({ at }) => at);
  expect(asked).toHaveLength(7);
  const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? at));
  expect(pauses[0]).toBeLessThan(1_200);
  expect(Math.max(...pauses)).toBeLessThan(15_200);
});

it("a project that was asked for without a network comes as soon as there is one", async () => {
  const world = new World(3);
  world.setOnline(false);
  const tab = await world.openTab();
  await world.time.pass(60_000);
  expect([tab.store, tab.engine.isLate(projectId)]).toEqual([null, true]);
  world.setOnline(true);
  tab.wake();
  await world.time.pass(3_000);
  expect([tab.store?.version, tab.engine.state().live]).toEqual([2, "live"]);
});

it("nobody asks for a project that is left while it is waited for", async () => {
  const world = new World(4);
  world.server.busy = 1_000;
  const tab = await world.openTab();
  await world.time.pass(10_000);
  tab.engine.release(projectId);
  const { length } = world.asked;
  await world.time.pass(60_000);
  expect(world.asked.slice(length).filter(({ path }) => path.endsWith("/snapshot"))).toEqual([]);
});
