// Dragging by mouse, on the platform's own drag and drop.

import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import type { Id } from "../../../sync/model";
import type { Dragging } from "./drag";

/** Makes a card's element draggable. Answers how to stop. */
export function makeDraggable(element: HTMLElement, task: Id, mayLift: () => boolean): () => void {
  return draggable({ element, canDrag: mayLift, getInitialData: () => ({ task }) });
}

/** Follows drags of cards over the board. Answers how to stop. */
export function followMouse(board: HTMLElement, dragging: Dragging): () => void {
  return combine(
    // The board is one target, because where a card lands is told by the cards around the pointer.
    dropTargetForElements({ element: board, getDropEffect: () => "move" }),
    monitorForElements({
      canMonitor: ({ source }) => typeof source.data["task"] === "string",
      onDragStart: ({ source }) => dragging.lift(String(source.data["task"]), board),
      onDrag: ({ location }) => dragging.move(location.current.input.clientX, location.current.input.clientY),
      onDrop: ({ location: { current } }) => {
        // `onDrag` comes once a frame, and not at all for a movement in the frame of the drop.
        dragging.move(current.input.clientX, current.input.clientY);
        dragging.end(current.dropTargets.length > 0);
      },
    }),
  );
}
