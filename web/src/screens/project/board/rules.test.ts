import { expect, it } from "vitest";
import type { Project, Status, Task } from "../../../sync/model";
import { Tables } from "../../../sync/tables";
import { forbidden } from "./rules";

const statuses = (
  [
    ["todo", "open"],
    ["done", "done"],
    ["shipped", "done"],
  ] as const
).map(([key, category]): Status => ({ key, name: key, category }));
const at = (key: string) => statuses.find((status) => status.key === key) as Status;
const task = (id: string, number: number, status: string) => ({ id, number, status, title: id }) as Task;

function view(status: string): Tables {
  const tables = new Tables();
  const workflow = { statuses, transitions: { shipped: ["done"] } };
  tables.project = { key: "SHOP", workflow, blocked_gate: "finish" } as unknown as Project;
  tables.setTask(task("a", 1, status));
  tables.setTask(task("b", 2, "todo"));
  tables.addEdge({ task: "a", on: "b", kind: "blocks" });
  return tables;
}
const asked = (from: string, to: string) => forbidden(view(from), task("a", 1, from), at(to));

it("names what a blocked task waits for, and stops it only where it would become done", () => {
  expect(asked("todo", "done")).toBe("Waits for SHOP-2");
  expect(asked("done", "shipped")).toBeNull();
});

it("names a step that the workflow does not have", () => {
  expect(asked("shipped", "todo")).toBe("shipped does not lead to todo");
  expect(asked("todo", "todo")).toBeNull();
});
