import { beforeEach, describe, expect, it } from "vitest";
import { Presence, readSaid, saidForMs } from "./presence";

let now = 0;
let presence: Presence;
const ada = { user: "ada", client: "1" };
const bob = { user: "bob", client: "2" };

beforeEach(() => {
  now = 0;
  presence = new Presence(() => now);
});

describe("who is here", () => {
  it("is named once, however many sockets they have", () => {
    presence.replace([ada, bob, { user: "ada", client: "3" }]);
    expect(presence.users()).toEqual(["ada", "bob"]);
    presence.replace([bob, { user: "ada", client: "3" }]);
    expect(presence.users()).toEqual(["ada", "bob"]);
    presence.replace([bob]);
    expect(presence.users()).toEqual(["bob"]);
  });

  it("is the same list while nobody came or left", () => {
    presence.replace([ada, bob]);
    const before = presence.users();
    presence.replace([bob, ada]);
    expect(presence.users()).toBe(before);
  });

  it("is nobody while nobody knows", () => {
    presence.replace([ada]);
    presence.replace(null);
    expect(presence.users()).toEqual([]);
  });
});

describe("what somebody said", () => {
  it("counts until it is old, or they leave", () => {
    presence.heard(bob, { task: "t", typing: "title" });
    expect(presence.at("t", "ada")).toEqual(["bob"]);
    expect(presence.at("t", "ada", "title")).toEqual(["bob"]);
    expect(presence.at("t", "ada", "comment")).toEqual([]);
    now = saidForMs;
    expect(presence.at("t", "ada")).toEqual([]);
    presence.replace([bob]);
    presence.heard(bob, { task: "t", typing: null });
    presence.replace([ada]);
    expect(presence.at("t", "ada")).toEqual([]);
  });

  it("is not told of oneself", () => {
    presence.heard(ada, { task: "t", typing: "title" });
    expect(presence.at("t", "ada")).toEqual([]);
  });

  it("is read strictly", () => {
    expect(readSaid({ task: "t", typing: null, more: 1 })).toEqual({ task: "t", typing: null });
    for (const other of [null, 1, "x", {}, { task: 1, typing: null }, { task: null }])
      expect(readSaid(other)).toBeNull();
  });
});
