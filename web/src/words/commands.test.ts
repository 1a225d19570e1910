import { describe, expect, it } from "vitest";
import type { Project, Task } from "../sync/model";
import { Tables } from "../sync/tables";
import { commandWords, writtenIn } from "./commands";

const project = {
  key: "SHOP",
  workflow: { statuses: [{ key: "done", name: "Finished", category: "done" }] },
} as unknown as Project;
const view = new Tables();
view.project = project;
view.setTask({ id: "a", number: 12, title: "Door" } as Task);

describe("a change in words", () => {
  it("names task and column as people call them", () => {
    expect(commandWords({ type: "task.move", task: "a", status: "done" }, view)).toBe("Move SHOP-12 to Finished");
    expect(commandWords({ type: "task.update", task: "a", set: { due_on: null }, add: { labels: ["x"] } }, view)).toBe(
      "Change due date and labels of SHOP-12",
    );
  });

  it("can be said of a project that is not open", () => {
    expect(commandWords({ type: "task.delete", task: "a" }, null)).toBe("Delete a task");
    expect(commandWords({ type: "task.archive", task: "a" }, null)).toBe("Archive a task");
    expect(commandWords({ type: "task.unarchive", task: "a" }, null)).toBe("Bring a task back");
    expect(commandWords({ type: "event.undo", version: 3 }, null)).toBe("Undo a change");
  });

  it("gives back what somebody wrote", () => {
    expect(writtenIn({ type: "comment.add", id: "c", task: "a", body: "Red?" })).toBe("Red?");
    expect(writtenIn({ type: "task.create", id: "b", title: "Door", description: "Both" })).toBe("Door\n\nBoth");
    expect(writtenIn({ type: "task.delete", task: "a" })).toBeNull();
  });
});
