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
