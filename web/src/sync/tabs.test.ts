import { expect, it } from "vitest";
import { projectId } from "./model/server";
import { type Tab, World } from "./model/world";

function create(world: World, tab: Tab | undefined, title: string): void {
  void tab?.engine.submit(projectId, [{ type: "task.create", id: world.random.id(), title }]);
}

const created = ({ server }: World): string[] =>
  server.log.flatMap(({ type, data }) =>
    type === "task.created" ? [(data as { task: { title: string } }).task.title] : [],
  );

it("what two tabs did offline is sent by the other within five seconds where the leading one is frozen", async () => {
  const world = new World(1);
  const leading = await world.openTab();
  const other = await world.openTab();
  world.setOnline(false);
  await world.time.pass(1_000);
  const titles = ["one", "two", "three", "four"];
  for (const [index, title] of titles.entries()) {
    create(world, index % 2 === 0 ? leading : other, title);
    await world.time.pass(100);
  }
  leading.process.frozen = true;
  world.setOnline(true);
  await world.time.pass(5_000);
  expect(created(world)).toEqual(titles);
  expect(other.engine.state()).toMatchObject({ kept: 0, live: "live" });

  const sent = world.posted;
  leading.process.frozen = false;
  leading.wake();
  await world.time.pass(5_000);
  expect(world.posted, "the one that wakes sends nothing").toBe(sent);
  expect(leading.engine.state()).toMatchObject({ kept: 0, live: "live" });
});

it("where there are no locks each tab leads for itself, and nothing is doubled or lost", async () => {
  const world = new World(1);
  world.hasLocks = false;
  const tabs = [await world.openTab(), await world.openTab(), await world.openTab()];
  world.setOnline(false);
  await world.time.pass(1_000);
  const titles = ["one", "two", "three", "four", "five", "six"];
  for (const [index, title] of titles.entries()) {
    create(world, tabs[index % 3], title);
    await world.time.pass(100);
  }
  world.setOnline(true);
  await world.time.pass(10_000);
  expect(created(world)).toEqual(titles);
  for (const { engine, store } of tabs) {
    expect(engine.state()).toMatchObject({ kept: 0, refused: 0, live: "live" });
    expect(store?.view.tasks().next().value?.number).toBe(1);
  }
});
