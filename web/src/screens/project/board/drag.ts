// What is dragged now and where it would land, for cards and columns to draw. Mouse and touch feed it alike.

import { useSyncExternalStore } from "react";
import type { Id } from "../../../sync/model";
import { type Place, placeUnder, scrollAtEdges } from "./place";

export interface Drag {
  readonly task: Id;
  readonly place: Place | null;
}

export class Dragging {
  private drag: Drag | null = null;
  private readonly listeners = new Set<() => void>();
  private frame = 0;
  private point = { x: 0, y: 0 };

  constructor(private readonly drop: (task: Id, place: Place) => void) {}

  current = (): Drag | null => this.drag;

  on = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  lift(task: Id, board: HTMLElement): void {
    this.set({ task, place: null });
    const scroll = () => {
      scrollAtEdges(this.point.x, this.point.y, board);
      this.frame = requestAnimationFrame(scroll);
    };
    this.frame = requestAnimationFrame(scroll);
  }

  move(x: number, y: number): void {
    this.point = { x, y };
    if (!this.drag) return;
    const place = placeUnder(x, y, this.drag.task);
    const { place: old } = this.drag;
    if (place?.status === old?.status && place?.line === old?.line && place?.after === old?.after) return;
    this.set({ task: this.drag.task, place });
  }

  /** Drops the card where it is, or puts it back. */
  end(dropped: boolean): void {
    cancelAnimationFrame(this.frame);
    const drag = this.drag;
    this.set(null);
    if (dropped && drag?.place) this.drop(drag.task, drag.place);
  }

  private set(drag: Drag | null): void {
    this.drag = drag;
    for (const listener of this.listeners) listener();
  }
}

/** What `read` makes of the drag; renders again only when that is another value. */
export function useDrag<T extends string | number | boolean | null>(
  dragging: Dragging,
  read: (drag: Drag | null) => T,
): T {
  return useSyncExternalStore(dragging.on, () => read(dragging.current()));
}
