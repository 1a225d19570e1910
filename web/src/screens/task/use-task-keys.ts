import type { KeyboardEvent } from "react";
import type { Task } from "../../sync/model";
import { useStore } from "../../sync/react";
import { isComposing } from "../../ui/keyboard";
import { letterOf, useLetterKeys } from "../letters";
import { useGoToTask } from "./context";
import type { PropertyName } from "./properties";
import { propertyKeys } from "./property-keys";

interface Doing {
  open: (property: PropertyName) => void;
  addBlocker: () => void;
  edit: () => void;
  close: () => void;
}

/** The keys of a task that has the focus. Letters only outside text fields. */
export function useTaskKeys(task: Task, readOnly: boolean, doing: Doing): (event: KeyboardEvent<HTMLElement>) => void {
  const go = useGoToTask();
  const store = useStore();
  const hasLetters = useLetterKeys();
  const step = (by: number) => {
    const column = store.column(task.status);
    const id = column[column.indexOf(task.id) + by];
    const next = id === undefined ? undefined : store.task(id);
    if (next) go(next, { replace: true });
  };
  return (event) => {
    if (event.defaultPrevented || isComposing(event) || !isHere(event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.getModifierState("AltGraph")) return;
    if (event.key === "Escape") doing.close();
    else if (!hasLetters || event.shiftKey || isText(event.target)) return;
    else {
      const letter = letterOf(event);
      const property = propertyKeys[letter];
      if (letter === "j") step(1);
      else if (letter === "k") step(-1);
      else if (readOnly) return;
      else if (property) doing.open(property);
      else if (letter === "b") doing.addBlocker();
      else if (letter === "e") doing.edit();
      else return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
}

/** Menus that belong to the task are drawn elsewhere in the document, and their keys are their own. */
const isHere = (event: KeyboardEvent<HTMLElement>): boolean =>
  event.target instanceof Node && event.currentTarget.contains(event.target);

const isText = (target: EventTarget): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox]),textarea,select"));
