// What cards and columns share: the drag, the selected card, and what opening and dropping do.

import { createContext, useContext } from "react";
import type { People } from "../../../people/people";
import type { Id, Task } from "../../../sync/model";
import type { Selection } from "../selection";
import type { Dragging } from "./drag";

export interface BoardContext {
  readonly dragging: Dragging;
  readonly mayEdit: boolean;
  readonly people: People;
  readonly open: (task: Task) => void;
  readonly selection: Selection;
  /** By status: scrolls a card of the column into the window, because only cards near it are in the document. */
  readonly reveal: Map<string, (id: Id) => void>;
  /** By status: opens the line that creates a task there. */
  readonly create: Map<string, () => void>;
}

export const BoardContext = createContext<BoardContext | null>(null);

export function useBoard() {
  const board = useContext(BoardContext);
  if (!board) throw new Error("no board around this component");
  return board;
}
