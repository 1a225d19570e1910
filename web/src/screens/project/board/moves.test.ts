import { describe, expect, it } from "vitest";
import type { Project, Task } from "../../../sync/model";
import { moveBy, neighbour } from "./moves";

const project = {
  workflow: { statuses: ["todo", "doing", "done"].map((key) => ({ key, name: key, category: "open" })) },
} as unknown as Project;
const columns: Record<string, string[]> = { todo: ["a", "b", "c"], doing: [], done: ["z"] };
const task = (id: string, status: string) => ({ id, status }) as Task;
const move = (id: string, status: string, direction: Parameters<typeof moveBy>[3]) =>
  moveBy(project, (key) => columns[key] ?? [], task(id, status), direction);

describe("a card moved by keys", () => {
  it("goes past the neighbouring card", () => {
    expect(move("b", "todo", "up")).toMatchObject({ before: "a" });
    expect(move("b", "todo", "down")).toMatchObject({ after: "c" });
  });

  it("goes to the neighbouring column, empty or not", () => {
    expect(move("b", "todo", "right")).toMatchObject({ status: "doing" });
    expect(move("z", "done", "left")).toMatchObject({ status: "doing" });
  });

  it("stays at every edge", () => {
    expect(move("a", "todo", "up")).toBeNull();
    expect(move("c", "todo", "down")).toBeNull();
    expect(move("a", "todo", "left")).toBeNull();
    expect(move("z", "done", "right")).toBeNull();
  });
});

describe("the selection moved by keys", () => {
  const all = Object.values(columns);

  it("passes over columns without cards", () => {
    expect(neighbour(all, "a", "right")).toBe("z");
    expect(neighbour(all, "z", "left")).toBe("a");
  });

  it("keeps its height where the column is long enough", () => {
    expect(neighbour([["a", "b"], ["x"], ["p", "q"]], "b", "right")).toBe("x");
    expect(
      neighbour(
        [
          ["a", "b"],
          ["p", "q"],
        ],
        "b",
        "right",
      ),
    ).toBe("q");
  });

  it("begins at the first card there is", () => {
    expect(neighbour([[], ["x"]], null, "down")).toBe("x");
    expect(neighbour([[], []], null, "down")).toBeNull();
  });
});
