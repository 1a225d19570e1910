import { expect, test } from "vitest";
import { byDue, byProject, dueOf } from "./group";
import type { MyTask } from "./queries";

const MONDAY = 1;
const SUNDAY = 7;

test("a day is judged by the reader's day and the reader's week", () => {
  // 2026-11-26 is a Thursday.
  const due = (day: string | null) => dueOf(day, "2026-11-26", MONDAY);
  expect(due("2026-11-25")).toBe("overdue");
  expect(due("2026-11-26")).toBe("today");
  expect(due("2026-11-29")).toBe("week");
  expect(due("2026-11-30")).toBe("later");
  expect(due(null)).toBe("none");
  expect(dueOf("2026-11-29", "2026-11-26", SUNDAY)).toBe("later");
});

function task(id: string, due_on: string | null, project = "Web shop"): MyTask {
  return { project: { id: project, key: "SHOP", name: project }, task: { id, due_on } } as MyTask;
}

const shape = (groups: ReturnType<typeof byProject>) =>
  groups.map(({ name, items }) => [name, items.map((one) => one.task.id)]);

test("groups by due day come in the order of time, without empty ones", () => {
  const items = [task("a", null), task("b", "2026-11-26"), task("c", "2026-11-01"), task("d", "2026-11-26")];
  expect(shape(byDue(items, "2026-11-26", MONDAY))).toEqual([
    ["Overdue", ["c"]],
    ["Today", ["b", "d"]],
    ["No date", ["a"]],
  ]);
});

test("groups by project come in the order of their names", () => {
  expect(shape(byProject([task("a", null), task("b", null, "Apples"), task("c", null)]))).toEqual([
    ["Apples", ["b"]],
    ["Web shop", ["a", "c"]],
  ]);
});
