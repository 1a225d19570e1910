import { describe, expect, it } from "vitest";
import { People } from "../../../people/people";
import type { Project, Task } from "../../../sync/model";
import { everything, type Filter, isEmpty, matches, readFilter, toggled, valuesFor, writeFilter } from "./filter";

const project = {
  key: "SHOP",
  labels: [{ key: "nd", name: "Needs design" }],
  fields: [
    { key: "customer", type: "text", options: null },
    { key: "size", type: "select", options: [{ key: "xl", name: "Very large" }] },
    { key: "tester", type: "person", options: null },
    { key: "urgent", type: "checkbox", options: null },
  ],
} as unknown as Project;
const task = (changes: Partial<Task>) =>
  ({
    ...{ number: 12, title: "Paint the door", assignees: [], labels: [], priority: "none", fields: {} },
    ...changes,
  }) as Task;
const people = new People([
  { id: "zoe", name: "Zoë Sander", active: true, member: true },
  { id: "jonas", name: "Jonas Berg", active: true, member: false },
]);
const passes = (search: string, changes: Partial<Task>) =>
  matches(readFilter(search), task(changes), project, { me: "me-id", people });

describe("a filter", () => {
  it("is the same after it was written into an address", () => {
    const filter: Filter = {
      text: "a & b",
      choices: {
        assignee: { values: ["me", "none"], not: false },
        label: { values: ["bug"], not: true },
        priority: { values: [], not: false },
      },
    };
    expect(readFilter(writeFilter(filter))).toEqual(filter);
    expect(writeFilter(everything)).toBe("");
    expect(writeFilter(filter, "view=list&text=old&label=old")).toBe(`view=list&${writeFilter(filter)}`);
    expect(writeFilter(everything, "view=list&label.not=old")).toBe("view=list");
    expect([isEmpty(everything), isEmpty(filter), isEmpty(readFilter("other=1"))]).toEqual([true, false, true]);
  });

  it("lets everything through that has one of its values", () => {
    expect(passes("label=bug&label=new", { labels: ["new"] })).toBe(true);
    expect(passes("label=bug", { labels: ["new"] })).toBe(false);
  });

  it("knows who reads, and who or what is missing", () => {
    expect(passes("assignee=me", { assignees: ["me-id"] })).toBe(true);
    expect(passes("assignee=me", { assignees: ["other"] })).toBe(false);
    expect(passes("assignee=none", { assignees: [] })).toBe(true);
    expect(passes("label=none", { labels: ["bug"] })).toBe(false);
  });

  it("can be turned round", () => {
    expect(passes("label.not=bug", { labels: ["bug", "new"] })).toBe(false);
    expect(passes("label.not=bug", { labels: [] })).toBe(true);
    expect(passes("assignee.not=none", { assignees: [] })).toBe(false);
  });

  it("wants every word, in the title or the name of the task", () => {
    expect(passes("text=DOOR+shop-12", {})).toBe(true);
    expect(passes("text=door+window", {})).toBe(false);
  });

  it("finds what a search of the server finds: words, phrases, beginnings of the last word, names of tasks", () => {
    for (const text of ["doo", "paint doo", "SHOP-12", "shop12", "%2312", '"the door"', "door -window"]) {
      expect(passes(`text=${text}`, {}), text).toBe(true);
    }
    for (const text of ["oor", "doo paint", "SHOP-13", '"paint door"', "door -paint"]) {
      expect(passes(`text=${text}`, {}), text).toBe(false);
    }
    expect(passes("text=备忘录", { title: "工作组备忘录需要更新" })).toBe(true);
    expect(passes("text=grosse", { title: "GRÖSSE" })).toBe(true);
  });

  it("finds by the names of labels and options, and by the values of fields", () => {
    const changes = { labels: ["nd"], fields: { customer: "Brightwater Ltd", size: "xl" } };
    for (const text of ["design", "brightwater", "very large", "xl door design"]) {
      expect(passes(`text=${text}`, changes), text).toBe(true);
      expect(passes(`text=${text}`, {}), text).toBe(false);
    }
    expect(passes('text="design brightwater"', changes)).toBe(false);
  });

  it("finds by the names of assignees and of people in fields, as long as they are members", () => {
    for (const changes of [{ assignees: ["zoe"] }, { fields: { tester: "zoe" } }]) {
      expect(passes("text=zoe+door", changes)).toBe(true);
      expect(passes('text="zoe sander"', changes)).toBe(true);
      expect(passes("text=-zoe+door", changes)).toBe(false);
    }
    expect(passes("text=zoe", {})).toBe(false);
    expect(passes("text=jonas", { assignees: ["jonas"] })).toBe(false);
    expect(passes('text="sander jonas"', { assignees: ["zoe", "jonas"] })).toBe(false);
  });

  it("takes the key of the project for a task's name only beside its whole number", () => {
    for (const text of ["shop", "shop-1", "shop-120"]) expect(passes(`text=${text}`, {}), text).toBe(false);
    for (const text of ["1", "12", "door shop-12", "%2312"]) expect(passes(`text=${text}`, {}), text).toBe(true);
  });

  it("shows everything while only signs are typed", () => {
    expect(passes('text="', {})).toBe(true);
    expect(passes("text=-", {})).toBe(true);
  });

  it("wants all properties at once", () => {
    expect(passes("label=bug&priority=high", { labels: ["bug"], priority: "high" })).toBe(true);
    expect(passes("label=bug&priority=high", { labels: ["bug"] })).toBe(false);
  });

  it("gives a task that is made under it what it asks for, where that is one value", () => {
    expect(valuesFor(readFilter("assignee=me&label=bug&priority=high"), "me-id")).toEqual({
      assignees: ["me-id"],
      labels: ["bug"],
      priority: "high",
    });
    expect(valuesFor(readFilter("assignee=none&label.not=bug&priority=low&priority=high"), "me-id")).toEqual({});
  });

  it("gains and loses a value by the same press", () => {
    const one = toggled({ values: [], not: true }, "bug");
    expect(one).toEqual({ values: ["bug"], not: true });
    expect(toggled(one, "bug")).toEqual({ values: [], not: true });
  });
});
