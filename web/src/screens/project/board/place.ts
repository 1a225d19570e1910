// Where a card would land: the same for mouse and touch.

import type { Id } from "../../../sync/model";

export interface Place {
  readonly status: string;
  /** The card directly above, and the one directly below; the dragged one is neither. */
  readonly after: Id | null;
  readonly before: Id | null;
  /** Where to draw the line, in px from the top of the list's content. */
  readonly line: number;
}

export interface Row {
  readonly id: Id;
  readonly top: number;
  readonly bottom: number;
}

/** The place at `y` among the rows of a column, which stand in order; all in px from the top of the list's content. */
export function placeAt(status: string, rows: readonly Row[], dragged: Id, y: number): Place {
  const others = rows.filter((row) => row.id !== dragged);
  const below = others.find((row) => y < (row.top + row.bottom) / 2);
  const above = below ? others[others.indexOf(below) - 1] : others.at(-1);
  const line = below && above ? (above.bottom + below.top) / 2 : below ? below.top - 3 : above ? above.bottom + 3 : 3;
  return { status, after: above?.id ?? null, before: below?.id ?? null, line: Math.max(line, 1) };
}

/** The place under a point of the window, if a column's list is there. */
export function placeUnder(x: number, y: number, dragged: Id): Place | null {
  const list = document
    .elementsFromPoint(x, y)
    .map((element) => element.closest("[data-column]"))
    .find((found) => found !== null);
  if (!(list instanceof HTMLElement)) return null;
  const content = list.querySelector("[data-cards]");
  if (!(content instanceof HTMLElement)) return null;
  const origin = content.getBoundingClientRect().top;
  const rows = [...content.querySelectorAll<HTMLElement>("[data-card]")].map((card) => {
    const { top, bottom } = card.getBoundingClientRect();
    return { id: card.dataset["card"] ?? "", top: top - origin, bottom: bottom - origin };
  });
  rows.sort((a, b) => a.top - b.top);
  return placeAt(list.dataset["column"] ?? "", rows, dragged, y - origin);
}

/** Scrolls the column and the board while the pointer is near an edge. */
export function scrollAtEdges(x: number, y: number, board: HTMLElement): void {
  const step = (start: number, end: number, at: number) => (at < start + 48 ? -12 : at > end - 48 ? 12 : 0);
  const around = board.getBoundingClientRect();
  board.scrollLeft += step(around.left, around.right, x);
  const list = document
    .elementsFromPoint(x, y)
    .map((element) => element.closest("[data-scroll]"))
    .find((found) => found !== null);
  if (!list) return;
  const box = list.getBoundingClientRect();
  list.scrollTop += step(box.top, box.bottom, y);
}
