import { expect, it } from "vitest";
import { me, other, projectId } from "./model/server";
import { type Tab, World } from "./model/world";

const task = "018f9c1e-0000-7000-8000-0000000000f1";

async function begin(): Promise<{ world: World; tab: Tab }> {
  const world = new World(1);
  const tab = await world.openTab();
  void tab.engine.submit(projectId, [{ type: "task.create", id: task, title: "Door" }]);
  await world.time.pass(1_000);
  return { world, tab };
}

it("a change that waits leaves the queue when it is undone, and comes again when that is undone", async () => {
  const { world, tab } = await begin();
  world.setOnline(false);
  world.tabs[0]?.engine.submit(projectId, [{ type: "task.update", task, set: { title: "Tried" } }]);
  // By then a long pause lies between two attempts.
  await world.time.pass(20_000);
  const second = await world.openTab();
  void second.engine.submit(projectId, [{ type: "task.update", task, set: { title: "Gate" } }]);
  expect(second.store?.task(task)?.title).toBe("Gate");
  void second.engine.undo(projectId);
  await world.time.pass(100);
  expect(second.store?.task(task)?.title).toBe("Tried");
  void second.engine.redo(projectId);
  await world.time.pass(100);
  expect(second.store?.task(task)?.title).toBe("Gate");
  expect(tab.engine.state().kept).toBe(2);
});

it("changes of one doing are undone as one, the last first", async () => {
  const { world, tab } = await begin();
  void tab.engine.submit(projectId, [
    { type: "task.update", task, set: { title: "Gate" } },
    { type: "task.update", task, set: { priority: "high" } },
  ]);
  await world.time.pass(1_000);
  const versions = world.server.log.slice(-2).map((event) => event.version);
  void tab.engine.undo(projectId);
  await world.time.pass(1_000);
  expect(world.server.undone).toEqual(versions.reverse());
});

it("where nothing was done nothing is undone", async () => {
  const world = new World(1);
  const tab = await world.openTab();
  expect(await tab.engine.undo(projectId)).toBeNull();
});

it("what others did, and oneself elsewhere, stays", async () => {
  const { world, tab } = await begin();
  void tab.engine.submit(projectId, [{ type: "task.update", task, set: { title: "Gate" } }]);
  await world.time.pass(1_000);
  const mine = world.server.version;
  for (const who of [me, other]) {
    const command_id = world.random.id();
    world.server.submit(who, [{ type: "task.update", task, set: { priority: "high", title: who }, command_id }]);
  }
  await world.time.pass(1_000);
  void tab.engine.undo(projectId);
  await world.time.pass(1_000);
  expect(world.server.undone).toEqual([mine]);
});
