import { describe, expect, it } from "vitest";
import type { ProjectEvent } from "../../sync/model";
import { type Comments, foldComment, foretell, threadsOf } from "./threads";

const now = "2026-11-28T10:00:00.000Z";

function event(version: number, type: string, data: object, actor = "mira"): ProjectEvent {
  return { project: "p", version, type, at: now, actor, command_id: `c${version}`, data: { task: "t", ...data } };
}
const folded = (...events: ProjectEvent[]): Comments => events.reduce<Comments>(foldComment, new Map());
const added = (version: number, comment: string, more: object = {}) =>
  event(version, "comment.added", { comment, body: `text of ${comment}`, ...more });

describe("events of comments", () => {
  it("add, change, delete and restore", () => {
    const changed = folded(added(1, "a"), event(2, "comment.updated", { comment: "a", body: "new" }));
    expect(changed.get("a")).toMatchObject({ body: "new", version: 2, created_version: 1 });
    const deleted = foldComment(changed, event(3, "comment.deleted", { comment: "a" }));
    expect(deleted.get("a")).toMatchObject({ body: null, deleted: true });
    const restored = foldComment(deleted, event(4, "comment.restored", { comment: "a", body: "new" }));
    expect(restored.get("a")).toMatchObject({ body: "new", deleted: false });
  });

  it("that are in the list already change nothing", () => {
    const comments = folded(added(1, "a"), event(2, "comment.updated", { comment: "a", body: "new" }));
    expect(foldComment(comments, added(1, "a"))).toBe(comments);
    expect(foldComment(comments, event(2, "comment.updated", { comment: "a", body: "old" }))).toBe(comments);
  });

  it("of a comment that is not known change nothing", () => {
    const comments = folded(added(1, "a"));
    expect(foldComment(comments, event(2, "comment.updated", { comment: "b", body: "x" }))).toBe(comments);
  });

  it("react, once for each person, and move no version", () => {
    const react = (version: number, on: boolean, who: string) =>
      event(version, "comment.reacted", { comment: "a", emoji: "👍", on }, who);
    const both = folded(added(1, "a"), react(2, true, "mira"), react(3, true, "jonas"), react(4, true, "jonas"));
    expect(both.get("a")?.reactions).toEqual({ "👍": ["mira", "jonas"] });
    expect(both.get("a")?.version).toBe(1);
    const none = foldComment(foldComment(both, react(5, false, "mira")), react(6, false, "jonas"));
    expect(none.get("a")?.reactions).toEqual({});
  });

  it("are of one emoji with or without the sign for pictures", () => {
    const react = (version: number, emoji: string, on: boolean, who = "mira") =>
      event(version, "comment.reacted", { comment: "a", emoji, on }, who);
    for (const [bare, whole] of [
      ["\u2764", "\u2764\uFE0F"],
      ["\u{1F441}\u200D\u{1F5E8}", "\u{1F441}\uFE0F\u200D\u{1F5E8}\uFE0F"],
      ["3\u20E3", "3\uFE0F\u20E3"],
      ["\u261D\u{1F3FD}", "\u261D\u{1F3FD}"],
      ["\u{1F44D}\uFE0F", "\u{1F44D}"],
    ] as const) {
      const both = folded(added(1, "a"), react(2, bare, true), react(3, whole, true, "jonas"), react(4, whole, true));
      expect(both.get("a")?.reactions).toEqual({ [whole]: ["jonas", "mira"] });
      const one = foldComment(foldComment(both, react(5, bare, false)), react(6, whole, false, "jonas"));
      expect(one.get("a")?.reactions).toEqual({});
    }
  });
});

describe("what is pending", () => {
  const add = { type: "comment.add" as const, id: "b", task: "t", body: "mine" };

  it("shows at once, and once only when it has come", () => {
    const pending = foretell(folded(added(1, "a")), add, "me", now, "t");
    expect(pending.get("b")).toMatchObject({ body: "mine", author: "me", created_version: 0 });
    const arrived = folded(added(1, "a"), event(2, "comment.added", { comment: "b", body: "mine" }, "me"));
    expect(foretell(arrived, add, "me", now, "t")).toBe(arrived);
  });

  it("of another task is not here", () => {
    const comments = folded(added(1, "a"));
    expect(foretell(comments, add, "me", now, "another")).toBe(comments);
  });
});

describe("threads", () => {
  it("stand in the order in which they were made, with all answers below the first comment", () => {
    const comments = folded(
      added(1, "a"),
      added(2, "b"),
      added(3, "a1", { reply_to: "a" }),
      added(4, "a2", { reply_to: "a1" }),
    );
    const pending = foretell(comments, { type: "comment.add", id: "z", task: "t", body: "" }, "me", now, "t");
    const shown = threadsOf(pending).map(({ comment, replies }) => [comment.id, ...replies.map(({ id }) => id)]);
    expect(shown).toEqual([["a", "a1", "a2"], ["b"], ["z"]]);
  });
});
