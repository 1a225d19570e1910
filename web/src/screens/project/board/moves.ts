// Where keys move a card: to the neighbouring column, or past the neighbouring card.

import type { Command, Id, Project, Task } from "../../../sync/model";

export type Direction = "left" | "right" | "up" | "down";

type Move = Extract<Command, { type: "task.move" }>;

/** The command for a key, or `null` at an edge. `column` has the ids of a status, in order. */
export function moveBy(
  project: Project,
  column: (status: string) => readonly Id[],
  task: Task,
  direction: Direction,
): Move | null {
  const move: Move = { type: "task.move", task: task.id };
  if (direction === "left" || direction === "right") {
    const { statuses } = project.workflow;
    const here = statuses.findIndex((status) => status.key === task.status);
    const next = statuses[here + (direction === "left" ? -1 : 1)];
    return next ? { ...move, status: next.key } : null;
  }
  const ids = column(task.status);
  const here = ids.indexOf(task.id);
  if (direction === "up") {
    const above = ids[here - 1];
    return above === undefined ? null : { ...move, before: above };
  }
  const below = ids[here + 1];
  return below === undefined ? null : { ...move, after: below };
}

/** The card that the selection goes to from `id`: within the column, or at the same height of the next column that has cards. */
export function neighbour(columns: readonly (readonly Id[])[], id: Id | null, direction: Direction): Id | null {
  const across = columns.findIndex((ids) => id !== null && ids.includes(id));
  const column = columns[across];
  if (!column || id === null) return columns.find((ids) => ids.length > 0)?.[0] ?? null;
  const down = column.indexOf(id);
  if (direction === "up") return column[down - 1] ?? id;
  if (direction === "down") return column[down + 1] ?? id;
  const step = direction === "left" ? -1 : 1;
  for (let next = across + step; columns[next]; next += step) {
    const ids = columns[next] ?? [];
    const there = ids[Math.min(down, ids.length - 1)];
    if (there !== undefined) return there;
  }
  return id;
}
