import { useEffect, useRef } from "react";
import type { Command, Id, Task } from "../../../sync/model";
import { useProject, useStore } from "../../../sync/react";
import type { ProjectStore } from "../../../sync/store";
import { announce } from "../../../ui/announce";
import { statusOf, taskName } from "../../../words/tasks";
import { useLetterKeys } from "../../letters";
import type { PropertyName } from "../../task/properties";
import { propertyKeys } from "../../task/property-keys";
import type { BoardContext } from "./context";
import { boardKey } from "./keys";
import { type Direction, moveBy, neighbour } from "./moves";
import { type Shown, shownColumn, shownColumns } from "./recent";

interface Keys {
  readonly give: (command: Command) => void;
  /** Asks where a task goes. */
  readonly onMove: (task: Task) => void;
  /** Opens the picker of a property. */
  readonly onEdit: (task: Task, property: PropertyName) => void;
  readonly context: BoardContext;
  readonly shown: Shown;
}

export function useBoardKeys({ context, shown, give, onMove, onEdit }: Keys): void {
  const store = useStore();
  const [first] = useProject().workflow.statuses;
  const hasLetters = useLetterKeys();
  const { selection, mayEdit, open, create } = context;
  useEffect(() => {
    const select = (direction: Direction) => {
      const next = neighbour(shownColumns(store, shown), selection.current(), direction);
      selection.select(next);
      if (next !== null) focusCard(store, context, next);
    };
    const move = (direction: Direction) => {
      const task = store.task(selection.current() ?? "");
      const command = task && moveBy(store.view.project, columnOf(store, shown), task, direction);
      if (!command || !mayEdit) return;
      give(command);
      announce(whereIs(store, command.task));
      focusCard(store, context, command.task);
    };
    const letter = (name: string, task: Task | undefined) => {
      if (!mayEdit) return false;
      const property = propertyKeys[name];
      if (name === "c") create.get(task?.status ?? first?.key ?? "")?.();
      else if (name === "m" && task) onMove(task);
      else if (property && task) onEdit(task, property);
      else return false;
      return true;
    };
    const key = (event: KeyboardEvent) => {
      const pressed = event.defaultPrevented || overlaid() ? null : boardKey(event);
      const task = store.task(selection.current() ?? "");
      if (pressed?.kind === "select") select(pressed.direction);
      else if (pressed?.kind === "move") move(pressed.direction);
      else if (pressed?.kind === "open" && task && event.target === document.body) open(task);
      else if (pressed?.kind !== "letter" || !hasLetters || !letter(pressed.letter, task)) return;
      event.preventDefault();
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [store, give, onMove, onEdit, context, selection, create, first, hasLetters, mayEdit, open, shown]);
}

/** Gives focus back to the card of a task that was shown beside the board and is no longer. */
export function useFocusFrom(opened: Id | null, context: BoardContext): void {
  const store = useStore();
  const { selection } = context;
  const last = useRef<Id | null>(null);
  useEffect(() => {
    const closed = last.current;
    last.current = opened;
    if (opened !== null) selection.select(opened);
    else if (closed !== null && document.activeElement === document.body) focusCard(store, context, closed);
  }, [opened, store, context, selection]);
}

export function whereIs(store: ProjectStore, id: Id): string {
  const task = store.task(id);
  if (!task) return "";
  const column = store.column(task.status);
  const status = statusOf(store.view.project, task.status)?.name ?? task.status;
  return `${taskName(store.view.project, task)} to ${status}, ${column.indexOf(id) + 1} of ${column.length}`;
}

/** A column as it is shown, so that a key moves a card past the one that is seen there. */
function columnOf(store: ProjectStore, shown: Shown): (status: string) => readonly Id[] {
  return (key) => {
    const status = statusOf(store.view.project, key);
    return status ? shownColumn(store, status, shown) : [];
  };
}

/** Whether a dialog, a menu or the task panel has the keys. */
function overlaid(): boolean {
  return document.activeElement?.closest("[role=dialog],[role=menu],[role=listbox],[data-panel]") != null;
}

/** Focuses a card, once it is drawn: the one it moved from is gone by then. */
export function focusCard(store: ProjectStore, context: BoardContext, id: Id): void {
  context.reveal.get(store.task(id)?.status ?? "")?.(id);
  requestAnimationFrame(() => {
    const face = faceOf(id);
    face?.focus({ preventScroll: true });
    face?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

export function faceOf(id: Id): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-face="${CSS.escape(id)}"]`);
}
