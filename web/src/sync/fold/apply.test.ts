// @vitest-environment node
// `docs/EVENTS.md` shows every type of event, and its examples are one log: it folds here as it does on the server.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { ProjectEvent, Task } from "../model";
import type { Tables } from "../tables";
import { apply, begin, FoldError, UnknownEvent } from "./apply";

const document = readFileSync(new URL("../../../../docs/EVENTS.md", import.meta.url), "utf8");
const first: ProjectEvent = JSON.parse(/```json event\n(.*?)```/s.exec(document)?.[1] ?? "");
const examples: ProjectEvent[] = [...document.matchAll(/```json data (\S+)\n(.*?)```/gs)].map(
  ([, type, data], index) => ({
    ...first,
    version: index + 2,
    type: type ?? "",
    data: JSON.parse(data ?? ""),
  }),
);

function foldedUntil(type?: string): Tables {
  const tables = begin(first);
  const end = type === undefined ? examples.length : examples.findIndex((event) => event.type === type) + 1;
  for (const event of examples.slice(0, end)) apply(tables, event);
  return tables;
}

/** An event behind those of the document. */
function next(type: string, data: unknown, rest: Partial<ProjectEvent> = {}): ProjectEvent {
  return { ...first, version: examples.length + 2, type, data, at: "2026-11-05T10:00:00.000Z", ...rest };
}

function only(tables: Tables): Task {
  const [task, ...others] = tables.tasks();
  if (!task || others.length > 0) throw new Error("not one task");
  return task;
}

it("every example of the document is applied", () => {
  expect(examples.length).toBeGreaterThan(20);
  const tables = foldedUntil();
  expect(only(tables)).toMatchObject({
    title: "Paint both doors",
    status: "done",
    comment_count: 1,
    config: { coats: 2 },
  });
  expect(tables.members()).toEqual([{ user: first.data.owner, role: "owner" }]);
  expect(tables.allEdges()).toEqual([]);
  expect(tables.project).toMatchObject({
    name: "Web shop 2",
    blocked_gate: "off",
    labels: [{ key: "bug", name: "Bug", color: "#d4380d", archived: true }],
    fields: [{ key: "size", type: "select", archived: true }],
  });
});

it("an update moves a task's version, and a move without a status does not", () => {
  const tables = foldedUntil("task.updated");
  const { id, version } = only(tables);
  apply(tables, next("task.moved", { task: id, rank: "a7" }));
  expect(only(tables)).toMatchObject({ rank: "a7", version, updated_at: first.at });
  apply(tables, next("task.moved", { task: id, rank: "a8", status: "done" }));
  expect(only(tables)).toMatchObject({
    status: "done",
    version: examples.length + 2,
    updated_at: "2026-11-05T10:00:00.000Z",
  });
});

it("neighbours make room before the data is applied, and those in the bin are left out", () => {
  const tables = foldedUntil("task.moved");
  const { id, version } = only(tables);
  const gone = { task: "018f9c1e-0000-7000-8000-0000000000f9", rank: "a3" };
  apply(
    tables,
    next("comment.added", { comment: gone.task, task: id, body: "x" }, { reranked: [{ task: id, rank: "a4" }, gone] }),
  );
  expect(only(tables)).toMatchObject({ id, rank: "a4", version });
  apply(tables, next("task.moved", { task: id, rank: "a6" }, { reranked: [{ task: id, rank: "a5" }] }));
  expect(only(tables).rank).toBe("a6");
});

it("a restored task is what its event says, whatever was there", () => {
  const restored = examples.find((event) => event.type === "task.restored")?.data.tasks[0];
  expect(only(foldedUntil("task.restored"))).toEqual(restored);
});

it("a field that came later is null in an older event", () => {
  const { start_on: _, ...older } = examples.find((event) => event.type === "task.created")?.data.task ?? {};
  const tables = begin(first);
  apply(tables, next("task.created", { task: older }));
  expect(only(tables).start_on).toBeNull();
  const { start_on: __, ...whole } = only(tables);
  apply(tables, next("task.restored", { task: older.id, tasks: [whole] }));
  expect(only(tables).start_on).toBeNull();
});

it.each(["task.exploded", "constructor", "__proto__", ""])(
  "an event of the unknown type %j changes nothing",
  (type) => {
    const tables = foldedUntil();
    const { id, rank } = only(tables);
    expect(() => apply(tables, next(type, {}, { reranked: [{ task: id, rank: "zz" }] }))).toThrow(UnknownEvent);
    expect(only(tables).rank).toBe(rank);
  },
);

it("an event that does not fit is an error of the fold", () => {
  const gone = { task: "018f9c1e-0000-7000-8000-0000000000f9" };
  for (const event of [
    next("task.updated", { ...gone, set: { title: "x" } }),
    next("task.moved", { ...gone, rank: "a0" }),
    next("comment.added", { ...gone, comment: gone.task, body: "x" }),
    first,
  ]) {
    expect(() => apply(foldedUntil(), event)).toThrow(FoldError);
  }
  expect(() => begin(next("task.deleted", { ...gone, tasks: [] }))).toThrow(FoldError);
});
