import { describe, expect, it } from "vitest";
import { Board } from "./board";
import type { Task } from "./model";
import { compare } from "./tables";

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const statuses = ["todo", "doing", "done"];

describe("the columns of a board", () => {
  it("hold every task once, in the order of ranks, whatever came in which order", () => {
    const seed = Number(process.env["SEED"] ?? Date.now());
    const next = random(seed);
    const board = new Board();
    const tasks = new Map<string, Task>();
    for (let round = 0; round < 300; round++) {
      const changed = new Map<string, Task | undefined>();
      for (let count = Math.floor(next() * 5); count >= 0; count--) {
        const id = `t${Math.floor(next() * 40)}`;
        const status = statuses[Math.floor(next() * 3)] ?? "todo";
        changed.set(id, next() < 0.2 ? undefined : ({ id, status, rank: `a${Math.floor(next() * 1000)}` } as Task));
      }
      for (const [id, task] of changed) task ? tasks.set(id, task) : tasks.delete(id);
      board.update(changed);
      for (const status of statuses) {
        const wanted = [...tasks.values()].filter((task) => task.status === status);
        wanted.sort((a, b) => compare(a.rank, b.rank) || compare(a.id, b.id));
        expect(board.column(status), `seed ${seed}, round ${round}`).toEqual(wanted.map((task) => task.id));
      }
    }
  });

  it("stay the same array while nothing of them changed", () => {
    const board = new Board();
    board.update([["a", { id: "a", status: "todo", rank: "a0" } as Task]]);
    const before = board.column("todo");
    expect(board.update([["a", { id: "a", status: "todo", rank: "a0", title: "Another" } as Task]])).toEqual(new Set());
    expect(board.column("todo")).toBe(before);
  });
});
