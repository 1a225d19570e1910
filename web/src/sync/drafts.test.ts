import { expect, test } from "vitest";
import { Drafts, draftKey } from "./drafts";

const draft = { text: "Half of a thought", base: "", version: 0 };

test("a task has a draft while any of its fields has one, and whoever shows the task is told", () => {
  const drafts = new Drafts();
  const seen: boolean[] = [];
  drafts.on("task:a:", () => seen.push(drafts.hasSome("a")));
  drafts.write(draftKey("a", "comment"), draft);
  drafts.write(draftKey("a", "reply:c"), draft);
  drafts.write(draftKey("b", "comment"), draft);
  drafts.discard(draftKey("a", "comment"));
  drafts.hear(draftKey("a", "reply:c"), null);
  expect(seen).toEqual([true, true, true, false]);
  expect(drafts.hasSome("b")).toBe(true);
});

test("what is begun of a task stays with its names when the project is closed, on the device too, until it is discarded", () => {
  const drafts = new Drafts();
  const kept = new Map<string, unknown>();
  const save = async (changed: ReadonlyMap<string, unknown>) => {
    for (const [key, row] of changed) kept.set(key, row);
  };
  drafts.attach({ load: async () => [], save, now: () => 7 });
  const left = { project: "p", name: "Shop", task: "SHOP-1 Build" };
  drafts.write(draftKey("a", "comment"), draft);
  drafts.write(draftKey("b", "comment"), draft);
  let told = 0;
  drafts.on("left", () => told++);
  drafts.leave("a", left);
  drafts.save();
  const key = draftKey("a", "comment");
  expect(drafts.leftOf("p")).toEqual([{ ...left, key, text: draft.text }]);
  expect(kept.get(key)).toEqual({ ...draft, left, key, at: 7 });
  drafts.discard(key);
  expect([drafts.leftOf("p"), told]).toEqual([[], 2]);
});
