import { expect, test } from "vitest";
import { type Notification, rowsOf } from "./model";
import { causeWords } from "./words";

const task = (id: string) => ({ id, number: 1, title: "A", status: "todo", deleted: false });

function told(id: number, of: string | null, more: Partial<Notification> = {}): Notification {
  const at = "2026-11-28T12:00:00.000Z";
  const project = { id: "p", key: "SHOP", name: "Web shop" };
  const base = {
    id,
    cause: "changed" as const,
    count: 1,
    unread: true,
    project,
    comment: null,
    version: 3,
    actor: "a",
  };
  return { ...base, task: of === null ? null : task(of), created_at: at, updated_at: at, ...more };
}

test("a task has one row, where its newest notification is, with all its ids", () => {
  const rows = rowsOf([told(9, "x", { cause: "mentioned" }), told(8, "y"), told(7, "x", { count: 2 })]);
  expect(rows.map((row) => [row.key, row.newest.cause, row.ids, row.count])).toEqual([
    ["x", "mentioned", [9, 7], 3],
    ["y", "changed", [8], 1],
  ]);
});

test("a change does not hide that the task was assigned, as long as both are unread", () => {
  const change = told(9, "x", { comment: "c" });
  const assigned = told(8, "x", { cause: "assigned" });
  expect(rowsOf([change, assigned, told(7, "x", { cause: "assigned" })])[0]?.also).toEqual(["assigned"]);
  expect(rowsOf([change, { ...assigned, unread: false }])[0]?.also).toEqual([]);
  const words = { cause: "changed", comment: "c", count: 2, ofTask: true, also: ["assigned"] } as const;
  expect(causeWords(words, "Mira")).toBe("Mira commented, 2 changes · assigned to you");
});

test("rows of projects are not joined", () => {
  expect(rowsOf([told(9, null), told(8, null)])).toHaveLength(2);
});

test("neighbours of projects that one is not in any more are one row", () => {
  const gone = { project: null, actor: null, version: null };
  const rows = rowsOf([told(9, null, gone), told(8, null, gone), told(7, "x"), told(6, null, gone), told(5, null)]);
  expect(rows.map((row) => row.ids)).toEqual([[9, 8], [7], [6], [5]]);
});

test("read ones do not count while there are unread ones", () => {
  expect(rowsOf([told(9, "x", { count: 2 }), told(7, "x", { count: 5, unread: false })])[0]).toMatchObject({
    count: 2,
    unread: true,
  });
  expect(rowsOf([told(9, "x", { count: 2, unread: false }), told(7, "x", { count: 5 })])[0]).toMatchObject({
    count: 5,
    unread: true,
  });
});

test("a row says who did what, and how often", () => {
  const words = (more: object) =>
    causeWords({ cause: "changed", comment: null, count: 1, ofTask: true, ...more }, "Mira");
  expect(words({})).toBe("Mira changed it");
  expect(words({ comment: "c" })).toBe("Mira commented");
  expect(words({ cause: "assigned" })).toBe("Mira assigned it to you");
  expect(words({ count: 4 })).toBe("Mira changed it, 4 changes");
  expect(words({ ofTask: false, count: 40 })).toBe("Mira changed many tasks, 40 changes");
  expect(words({ ofTask: false, cause: "invited" })).toBe("Mira added you to the project");
});

test("somebody whose name is not known is somebody", () => {
  expect(causeWords({ cause: "changed", comment: null, count: 1, ofTask: true }, null)).toBe("Somebody changed it");
});
