import { expect, it } from "vitest";
import { me, other, projectId } from "./model/server";
import { World } from "./model/world";

it("where no socket gets through, events come by asking, until the socket is back", async () => {
  const world = new World(1);
  world.socketsBlocked = true;
  const tab = await world.openTab();
  await world.time.pass(20_000);
  expect(tab.engine.state().live).toBe("slow");
  world.server.submit(other, [{ type: "task.create", id: me, title: "theirs", command_id: projectId }]);
  await world.time.pass(4_000);
  expect(tab.store?.task(me)?.title).toBe("theirs");
  expect(tab.engine.state().live).toBe("slow");
  world.server.restore("epoch00002", 1);
  await world.time.pass(7_000);
  expect(tab.store?.epoch).toBe("epoch00002");
  expect(tab.engine.state().live).toBe("slow");
  world.socketsBlocked = false;
  await world.time.pass(10_000);
  expect(tab.engine.state().live).toBe("live");
});
