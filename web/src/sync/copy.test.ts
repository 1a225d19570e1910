import { expect, it } from "vitest";
import { Copies } from "./copy";
import type { Clock } from "./environment";
import { MemoryStorage } from "./memory";
import type { Id, Snapshot, Task } from "./model";

const atOnce: Clock = {
  now: () => 0,
  after: (_milliseconds, run) => {
    run();
    return () => undefined;
  },
  frame: (run) => run(),
};

const task = (id: Id, description: string) => ({ id, description }) as Task;

function snapshot(version: number, tasks: readonly Task[]): Snapshot {
  return { epoch: "e", version, project: { id: "p" }, members: [], tasks, dependencies: [] } as unknown as Snapshot;
}

async function kept(copies: Copies): Promise<{ slim: readonly Task[]; texts: (readonly [Id, string])[] }> {
  const copy = await copies.read("p");
  if (!copy) throw new Error("no copy");
  const texts: (readonly [Id, string])[] = [];
  for await (const part of copies.texts("p", copy.snapshot.version, copy.apart.length)) texts.push(...part);
  return { slim: copy.snapshot.tasks, texts };
}

it("a copy has its descriptions apart, in as many parts as they need", async () => {
  const storage = new MemoryStorage();
  const copies = new Copies(Promise.resolve(storage), atOnce);
  const long = "x".repeat(400_000);
  copies.save(snapshot(1, [task("a", long), task("b", ""), task("c", long), task("d", "short")]), true);
  const { slim, texts } = await kept(copies);
  expect(slim).toEqual([task("a", ""), task("b", ""), task("c", ""), task("d", "")]);
  expect(texts).toEqual([
    ["a", long],
    ["c", long],
    ["d", "short"],
  ]);
  expect(await storage.texts("p", 1)).toMatchObject({ texts: [["d", "short"]] });
});

it("the descriptions of an older copy are not taken for those of the next", async () => {
  const copies = new Copies(Promise.resolve(new MemoryStorage()), atOnce);
  copies.save(snapshot(1, [task("a", "old")]), true);
  const read = copies.texts("p", 1, 1);
  copies.save(snapshot(2, [task("a", "new")]), false);
  await expect(read.next()).rejects.toThrow("another one");
  expect((await kept(copies)).texts).toEqual([["a", "new"]]);
});
