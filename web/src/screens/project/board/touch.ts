// Dragging by touch: a press of 350 ms lifts a card, any movement before it scrolls as usual. Browsers start no drag of their own
// from touch.

import type { Id } from "../../../sync/model";
import type { Dragging } from "./drag";

const press = 350;
const slack = 8;

/** Listens for presses on the board's cards. Answers how to stop. */
export function followTouches(board: HTMLElement, dragging: Dragging, mayLift: (task: Id) => boolean): () => void {
  let timer = 0;
  let lifted = false;
  let start = { x: 0, y: 0 };

  const settle = (dropped: boolean) => {
    window.clearTimeout(timer);
    timer = 0;
    if (lifted) dragging.end(dropped);
    lifted = false;
  };
  const begin = (event: TouchEvent) => {
    const touch = event.touches[0];
    const card = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-card]") : null;
    const task = card?.dataset["card"];
    if (event.touches.length > 1 || !touch || !task || !mayLift(task)) {
      settle(false);
      return;
    }
    start = { x: touch.clientX, y: touch.clientY };
    timer = window.setTimeout(() => {
      lifted = true;
      dragging.lift(task, board);
      dragging.move(start.x, start.y);
      navigator.vibrate?.(10);
    }, press);
  };
  const move = (event: TouchEvent) => {
    const touch = event.touches[0];
    if (!touch) return;
    if (lifted) {
      event.preventDefault();
      dragging.move(touch.clientX, touch.clientY);
    } else if (Math.hypot(touch.clientX - start.x, touch.clientY - start.y) > slack) {
      settle(false);
    }
  };
  const end = (event: TouchEvent) => {
    if (lifted) event.preventDefault(); // or the browser would make a click of it
    settle(true);
  };
  const cancel = () => settle(false);
  const key = (event: KeyboardEvent) => event.key === "Escape" && settle(false);
  const menu = (event: Event) => (lifted || timer !== 0) && event.preventDefault();

  board.addEventListener("touchstart", begin, { passive: true });
  board.addEventListener("touchmove", move, { passive: false });
  board.addEventListener("touchend", end, { passive: false });
  board.addEventListener("touchcancel", cancel);
  board.addEventListener("contextmenu", menu);
  window.addEventListener("keydown", key);
  return () => {
    settle(false);
    board.removeEventListener("touchstart", begin);
    board.removeEventListener("touchmove", move);
    board.removeEventListener("touchend", end);
    board.removeEventListener("touchcancel", cancel);
    board.removeEventListener("contextmenu", menu);
    window.removeEventListener("keydown", key);
  };
}
