import { describe, expect, it } from "vitest";
import { nobody } from "../../people/people";
import type { Project, Task } from "../../sync/model";
import type { ProjectStore } from "../../sync/store";
import { Tables } from "../../sync/tables";
import { actionEntries, answers, localTasks, placesIn } from "./entries";

const view = new Tables();
view.project = { id: "p", key: "SHOP", name: "Shop", labels: [], fields: [] } as unknown as Project;
const titles = ["Paint the door", "Order crème", "Paint 12 windows"];
for (const [index, title] of titles.entries())
  view.setTask({ id: title, number: index + 11, title, labels: [], assignees: [], fields: {} } as unknown as Task);
const store = { view } as ProjectStore;
const names = (question: string) => localTasks(store, nobody, question).map((entry) => entry.name);

describe("the palette", () => {
  it("finds tasks by the beginnings of words, without accents", () => {
    expect(names("pai")).toEqual(["Paint 12 windows", "Paint the door"]);
    expect(names("creme")).toEqual(["Order crème"]);
    expect(names("aint")).toEqual([]);
    expect(names("door paint")).toEqual(["Paint the door"]);
  });

  it("has the task with that number first", () => {
    expect(names("12")).toEqual(["Order crème", "Paint 12 windows"]);
    expect(names("shop-11")).toEqual(["Paint the door"]);
  });

  it("offers no task before something is asked", () => {
    expect(names(" ")).toEqual([]);
    expect(localTasks(null, nobody, "door")).toEqual([]);
  });

  it("has what can be done here, and does it", () => {
    const done: string[] = [];
    const action = { key: "task-status", name: "Status of SHOP-11", shortcut: "S", run: () => done.push("status") };
    const [entry] = actionEntries([action]);
    expect(entry).toMatchObject({ name: "Status of SHOP-11", shortcut: "S" });
    if (typeof entry?.to === "function") entry.to();
    expect(done).toEqual(["status"]);
  });

  it("leads to the project's own places only while one is shown", () => {
    expect(placesIn(store)[0]?.to).toBe("/p/p");
    expect(placesIn(null).some((entry) => String(entry.to).startsWith("/p/"))).toBe(false);
    expect(answers("My tasks", "ta")).toBe(true);
  });
});
