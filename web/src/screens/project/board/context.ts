// What cards and columns share: the drag, the selected card, and what opening and dropping do.

import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { People } from "../../../people/people";
import type { Id, Task } from "../../../sync/model";
import type { Dragging } from "./drag";

/** The card that keys act on: the focused one, remembered while focus is elsewhere. */
export class Selection {
  private selected: Id | null = null;
  private readonly listeners = new Map<Id, Set<() => void>>();
  private readonly followers = new Set<() => void>();

  current = (): Id | null => this.selected;

  select = (id: Id | null): void => {
    const old = this.selected;
    if (old === id) return;
    this.selected = id;
    for (const one of [old, id]) {
      for (const listener of (one !== null && this.listeners.get(one)) || []) listener();
    }
    for (const follower of this.followers) follower();
  };

  /** Hears whenever another card is selected. */
  follow(follower: () => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  on(id: Id, listener: () => void): () => void {
    const all = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(id);
    };
  }
}

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
  return { ...board, select: board.selection.select, useSelected };
}

function useSelected(id: Id): boolean {
  const board = useContext(BoardContext);
  if (!board) throw new Error("no board around this component");
  const { selection } = board;
  const subscribe = useCallback((listener: () => void) => selection.on(id, listener), [selection, id]);
  return useSyncExternalStore(subscribe, () => selection.current() === id);
}
