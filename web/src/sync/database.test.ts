import "fake-indexeddb/auto";
import { openDB } from "idb";
import { expect, it } from "vitest";
import { Database, schema } from "./database";
import type { ProjectEvent, Snapshot } from "./model";
import type { Entry, KeptEvent } from "./storage";

const append: Omit<Entry, "number"> = {
  project: "p",
  command: { type: "task.delete", task: "t", command_id: "c" },
  at: "2026-11-03T10:00:00.000Z",
  group: "g",
  bytes: 10,
};

function eventAt(version: number): KeptEvent {
  return { project: "p", version, epoch: "e", event: { version } as ProjectEvent };
}

function copyOf(project: string) {
  return { project, savedAt: 0, snapshot: { epoch: "e", version: 1 } as Snapshot, apart: [] };
}

it("numbers grow, and none is given twice", async () => {
  const database = await Database.open("numbers");
  const [one, two] = await database.write([{ append }, { append }]);
  await database.write([{ remove: "queue", key: two ?? 0 }]);
  const [three] = await database.write([{ append }]);
  expect([one, two, three]).toEqual([1, 2, 3]);
  expect((await database.all("queue")).map((entry) => entry.number)).toEqual([1, 3]);
});

it("changes are written together or not at all", async () => {
  const database = await Database.open("together");
  const broken = { put: "drafts", value: { text: "without a key" } } as never;
  await expect(database.write([{ append }, broken])).rejects.toThrow();
  expect(await database.all("queue")).toEqual([]);
});

it("a copy comes with the events of its project alone, and forgets the old ones", async () => {
  const database = await Database.open("copies");
  const events = [1, 2, 3].map((version) => ({ put: "events", value: eventAt(version) }) as const);
  const foreign = { put: "events", value: { ...eventAt(9), project: "q" } } as const;
  await database.write([{ put: "copies", value: copyOf("p") }, ...events, foreign, { forget: "p", upTo: 2 }]);
  expect((await database.copy("p"))?.events.map((event) => event.version)).toEqual([3]);
  expect(await database.copy("q")).toBeNull();
});

it("the texts of a copy are read part by part, and go with it", async () => {
  const database = await Database.open("texts");
  const part = (project: string, part: number) =>
    ({ put: "texts", value: { project, part, version: 1, texts: [["t", `${project} ${part}`]] } }) as const;
  await database.write([part("p", 0), part("p", 1), part("q", 0)]);
  expect((await database.texts("p", 1))?.texts).toEqual([["t", "p 1"]]);
  await database.write([{ forgetTexts: "p" }]);
  expect(await Promise.all([database.texts("p", 0), database.texts("p", 1)])).toEqual([undefined, undefined]);
  expect(await database.texts("q", 0)).toBeDefined();
});

it("work of the two schemas before is read, and their copies are thrown away", async () => {
  const old = await openDB("old", schema - 2, {
    upgrade: (db) => {
      db.createObjectStore("queue", { keyPath: "number", autoIncrement: true }).add(append);
      db.createObjectStore("copies", { keyPath: "project" }).add(copyOf("p"));
    },
  });
  old.close();
  const database = await Database.open("old");
  expect(await database.all("queue")).toHaveLength(1);
  expect(await database.all("copies")).toEqual([]);
});

it("an old tab lets go of the database when a newer build opens it", async () => {
  const database = await Database.open("newer");
  const newer = await openDB("newer", schema + 1);
  await expect(database.all("queue")).rejects.toThrow();
  newer.close();
});

it("who signs out leaves nothing", async () => {
  const database = await Database.open("left");
  await database.write([{ append }, { put: "copies", value: copyOf("p") }]);
  await database.clear();
  expect([await database.all("queue"), await database.all("copies")]).toEqual([[], []]);
});
