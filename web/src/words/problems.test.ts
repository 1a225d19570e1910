import { describe, expect, it } from "vitest";
import { People } from "../people/people";
import type { Snapshot, Task } from "../sync/model";
import { Tables } from "../sync/tables";
import { explain } from "./problems";

const me = "00000000-0000-4000-8000-00000000000a";
const other = "00000000-0000-4000-8000-00000000000b";
const task = { id: "t12", number: 12, title: "Ship", status: "todo" } as Task;
const snapshot = {
  epoch: "e",
  version: 1,
  project: {
    id: "p",
    key: "SHOP",
    workflow: {
      statuses: [
        { key: "todo", name: "Todo", category: "open" },
        { key: "done", name: "Done", category: "done" },
      ],
    },
    labels: [],
    fields: [],
  },
  members: [
    { user: me, role: "owner" },
    { user: other, role: "editor" },
  ],
  tasks: [task],
  dependencies: [],
} as unknown as Snapshot;

const about = (reader: string) => ({
  view: Tables.of(snapshot),
  people: new People([{ id: other, name: "Mira Sander", active: true, member: false }]),
  me: reader,
  command: { type: "task.move" as const, task: "t12", status: "done" },
});
const problem = (code: string, more: object = {}) => ({ code, detail: "said by the server", status: 422, ...more });

describe("a refusal", () => {
  const blocked = problem("blocked", {
    blockers: [
      { id: "t9", number: 9, title: "Buy", status: "todo" },
      { id: "t11", number: 11, title: "Pack", status: "todo" },
    ],
  });

  it("of a blocked task names what it waits for, and an owner may go on", () => {
    const said = explain(blocked, about(me));
    expect(said.text).toBe("SHOP-12 waits for SHOP-9 and SHOP-11.");
    expect(said.tasks.map(({ id }) => id)).toEqual(["t9", "t11"]);
    expect(said.override).toBe(true);
  });

  it("of a blocked task leaves an editor to finish the others first", () => {
    expect(explain(blocked, about(other)).override).toBe(false);
  });

  it("of a circle names its tasks in order, and the others can be opened", () => {
    const path = [12, 9, 12].map((number) => ({ id: `t${number}`, number, title: "", status: "todo" }));
    const said = explain(problem("dependency_cycle", { path }), {
      ...about(me),
      command: { type: "dependency.add", task: "t12", on: "t9" },
    });
    expect(said.text).toBe("That would close a circle: SHOP-12 waits for SHOP-9 waits for SHOP-12.");
    expect(said.tasks.map(({ number }) => number)).toEqual([9]);
  });

  it("of a parent that is below speaks of subtasks", () => {
    const command = { type: "task.update" as const, task: "t12", set: { parent: "t9" } };
    expect(explain(problem("dependency_cycle", { path: [] }), { ...about(me), command }).text).toBe(
      "SHOP-12 can't stand below one of its own subtasks.",
    );
  });

  it("names people and columns as the project does", () => {
    expect(explain(problem("unknown_assignee", { users: [other] }), about(me)).text).toContain("Mira Sander is not");
    expect(explain(problem("transition_not_allowed", { from: "todo", allowed: ["done"] }), about(me)).text).toBe(
      "Todo leads to Done only.",
    );
  });

  it("that this page has no words for is told in the server's", () => {
    expect(explain(problem("of_tomorrow"), about(me)).text).toBe("Said by the server.");
    const errors = [{ pointer: "/title", detail: "a title has at most 500 characters", code: "invalid_length" }];
    expect(explain(problem("invalid_length", { errors }), about(me)).text).toBe("A title has at most 500 characters.");
  });
});
