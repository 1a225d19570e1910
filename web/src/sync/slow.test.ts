import { beforeEach, describe, expect, it } from "vitest";
import type { Answer, Environment, Position, StreamHeard } from "./environment";
import { other, projectId } from "./model/server";
import { Time } from "./model/time";
import { type Tab, World } from "./model/world";
import { type Screens, SlowRoute } from "./slow";

async function blocked(streamsKept = false): Promise<{ world: World; tab: Tab }> {
  const world = new World(1);
  world.socketsBlocked = true;
  world.streamsKept = streamsKept;
  const tab = await world.openTab();
  await world.time.pass(20_000);
  expect(tab.engine.state().live).toBe("slow");
  return { world, tab };
}

function change(world: World, title: string): void {
  const id = world.random.id();
  world.server.submit(other, [{ type: "task.create", id, title, command_id: world.random.id() }]);
}

const titles = ({ store }: Tab): string[] => [...(store?.view.tasks() ?? [])].map(({ title }) => title);
const eventsAsked = (world: World, since: number): number =>
  world.asked.filter(({ at, path }) => at > since && path.includes("/events?")).length;

describe("where no socket gets through", () => {
  it("events come by one stream as they happen, and are not asked for", async () => {
    const { world, tab } = await blocked();
    const since = world.time.now;
    await world.openTab();
    change(world, "theirs");
    await world.time.pass(100);
    for (const one of world.tabs) expect(titles(one)).toEqual(["theirs"]);
    await world.time.pass(60_000);
    expect(eventsAsked(world, since)).toBe(0);
    expect(world.streams.size).toBe(1);
    expect(tab.engine.state().live).toBe("slow");
  });

  it("they are asked for every three seconds where a proxy keeps the stream, which is tried once a minute", async () => {
    const { world, tab } = await blocked(true);
    change(world, "theirs");
    await world.time.pass(4_000);
    expect(titles(tab)).toEqual(["theirs"]);
    const since = world.time.now;
    let streaming = 0;
    for (let second = 0; second < 60; second += 1) {
      await world.time.pass(1_000);
      streaming += world.streams.size;
    }
    expect(eventsAsked(world, since)).toBeGreaterThanOrEqual(15);
    expect(eventsAsked(world, since)).toBeLessThanOrEqual(21);
    expect(streaming, "seconds in which a stream was tried").toBeLessThanOrEqual(4);
    expect(tab.engine.state().live).toBe("slow");
  });

  it("whoever listens late reads the state that the others were told of", async () => {
    const world = new World(1);
    world.socketsBlocked = true;
    const tab = await world.openTab();
    let told = 0;
    tab.engine.on("state", () => (told += 1));
    let read = tab.engine.toldState();
    for (let tenth = 0; tenth < 200; tenth += 1) {
      const before = told;
      await world.time.pass(100);
      if (told === before) expect(tab.engine.toldState(), "the same object while nothing is told").toBe(read);
      read = tab.engine.toldState();
    }
    expect(told).toBeGreaterThan(0);
    expect(read.live).toBe("slow");
  });

  it("a project that is closed and opened again at once is current again, though the stream has nothing new", async () => {
    const { world, tab } = await blocked();
    change(world, "theirs");
    await world.time.pass(1_000);
    tab.engine.release(projectId);
    await world.time.pass(50);
    const opened = tab.engine.open(projectId);
    await world.time.pass(5_000);
    expect((await opened).version).toBe(world.server.version);
    expect(tab.engine.state().live).toBe("slow");
  });

  it("the socket is tried once a minute, and ends the slow route when it stands", async () => {
    const { world, tab } = await blocked();
    const before = world.socketAttempts;
    await world.time.pass(300_000);
    expect(world.socketAttempts - before).toBeLessThanOrEqual(5);
    expect(world.socketAttempts - before).toBeGreaterThanOrEqual(4);
    world.socketsBlocked = false;
    change(world, "one");
    await world.time.pass(62_000);
    expect(tab.engine.state().live).toBe("live");
    expect(world.streams.size).toBe(0);
    change(world, "two");
    await world.time.pass(1_000);
    expect(titles(tab)).toEqual(["one", "two"]);
  });

  it.each([false, true])("another epoch begins anew (a proxy keeps streams: %s)", async (kept) => {
    const { world, tab } = await blocked(kept);
    change(world, "lost");
    await world.time.pass(4_000);
    world.server.restore("epoch00002", 1);
    await world.time.pass(7_000);
    expect(tab.store?.epoch).toBe("epoch00002");
    expect(titles(tab)).toEqual([]);
    expect(tab.engine.state().live).toBe("slow");
  });

  it.each([false, true])("a project that is closed to somebody is gone for them (kept: %s)", async (kept) => {
    const { world, tab } = await blocked(kept);
    let gone = false;
    tab.engine.on(`gone:${projectId}`, () => {
      gone = true;
    });
    world.server.setClosed(true);
    // The server ends the streams of whoever is removed.
    for (const stream of [...world.streams]) stream.endByServer();
    await world.time.pass(10_000);
    expect(gone).toBe(true);
  });

  it("the page says that it is offline, and not any more five seconds after the network is back", async () => {
    const { world, tab } = await blocked();
    world.setOnline(false);
    await world.time.pass(9_000);
    expect(tab.engine.state().live).toBe("offline");
    await world.time.pass(120_000);
    expect(tab.engine.state().live).toBe("offline");
    change(world, "missed");
    world.setOnline(true);
    await world.time.pass(5_000);
    expect(tab.engine.state().live).toBe("slow");
    expect(titles(tab)).toEqual(["missed"]);
    expect(world.streams.size).toBe(1);
  });
});

it("after an outage the socket is tried first, however often it failed meanwhile", async () => {
  const world = new World(1);
  const tab = await world.openTab();
  world.setOnline(false);
  await world.time.pass(120_000);
  expect(tab.engine.state().live).toBe("offline");
  world.setOnline(true);
  await world.time.pass(5_000);
  expect(tab.engine.state().live).toBe("live");
});

describe("the slow route", () => {
  let time: Time;
  let asked: string[];
  let streamed: Map<string, StreamHeard>;
  let told: string[];
  let screens: Screens;
  let unread: number;

  const projects = ["a", "b", "c"];
  const position: Position = { epoch: "e", version: 7 };

  function answer(path: string): Answer {
    asked.push(path.split(/[/?]/).slice(0, 2).join("/"));
    const body = path.startsWith("projects/") ? { events: [], more: false } : { items: [], unread };
    return { status: 200, body, retryAfter: null };
  }

  function start(locks: boolean): SlowRoute {
    const environment = {
      clock: time.clock({ frozen: false, dead: false }),
      locks: locks ? {} : null,
      http: async (_method: string, path: string) => answer(path),
      stream: (path: string, heard: StreamHeard) => {
        streamed.set(path, heard);
        return () => streamed.delete(path);
      },
    } as unknown as Environment;
    const ignored = () => undefined;
    const route = new SlowRoute(environment, {
      positions: () => new Map(projects.map((project) => [project, position])),
      heard: () => ({
        events: ignored,
        subscribed: ignored,
        waiting: ignored,
        gone: ignored,
        head: ignored,
        said: ignored,
        moved: ignored,
      }),
      sign: ignored,
      own: (topic) => told.push(topic),
      changed: ignored,
      trySocket: ignored,
    });
    for (let attempt = 0; attempt < 3; attempt += 1) route.attemptFailed();
    route.reached();
    return route;
  }

  async function pass(route: SlowRoute, seconds: number): Promise<void> {
    for (let tick = 0; tick < seconds * 2; tick += 1) {
      route.tick(screens);
      for (const heard of streamed.values()) heard.sign();
      await time.pass(500);
    }
  }

  const count = (path: string): number => asked.filter((one) => one === path).length;

  beforeEach(() => {
    time = new Time();
    asked = [];
    streamed = new Map();
    told = [];
    screens = { watched: true, shown: ["b", "a"] };
    unread = 0;
  });

  it("streams what is in front, and asks for the rest every ten seconds, for what nobody sees every thirty", async () => {
    const route = start(true);
    await pass(route, 1);
    asked = [];
    await pass(route, 60);
    expect([...streamed.keys()]).toEqual(["projects/b/events?after=6&epoch=e"]);
    expect([count("projects/a"), count("projects/b"), count("projects/c")]).toEqual([6, 0, 2]);
    expect(count("me/notifications")).toBe(6);
  });

  it("streams another project when that comes to the front, and nothing where nobody looks", async () => {
    const route = start(true);
    await pass(route, 2);
    screens = { watched: true, shown: ["a", "b"] };
    await pass(route, 2);
    expect([...streamed.keys()]).toEqual(["projects/a/events?after=6&epoch=e"]);
    screens = { watched: false, shown: [] };
    await pass(route, 1);
    expect(streamed.size).toBe(0);
    asked = [];
    await pass(route, 60);
    expect([count("projects/a"), count("projects/b"), count("projects/c")]).toEqual([2, 2, 2]);
    expect(count("me/notifications")).toBe(2);
  });

  it("has no stream where each tab leads for itself", async () => {
    const route = start(false);
    await pass(route, 30);
    expect(streamed.size).toBe(0);
    expect(count("projects/b")).toBeGreaterThanOrEqual(9);
  });

  it("tells of one's own news only", async () => {
    const route = start(true);
    await pass(route, 12);
    told = [];
    await pass(route, 30);
    expect(told).toEqual([]);
    unread = 1;
    await pass(route, 11);
    expect(told).toEqual(["user:notification"]);
  });
});
