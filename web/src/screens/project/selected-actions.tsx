import type { Task } from "../../sync/model";
import { useStore } from "../../sync/react";
import { taskName } from "../../words/tasks";
import { useNewTaskPlace } from "../task/context";
import type { PropertyName } from "../task/properties";
import { putAway, taskActions } from "../task/task-actions";
import { useActions } from "./actions";

interface SelectedActionsProps {
  /** The task that the keys act on. */
  readonly selected: () => Task | undefined;
  readonly onEdit: (task: Task, property: PropertyName) => void;
  /** Asks where it goes. Left out where no order is by hand. */
  readonly onMove?: (task: Task) => void;
  readonly onCreate: () => void;
}

/** What the palette can do to the selected task of a board or list, and to the board or list itself. */
export function SelectedActions({ selected, onEdit, onMove, onCreate }: SelectedActionsProps) {
  const store = useStore();
  const { readOnly, runApart } = useNewTaskPlace();
  useActions("selected", () => {
    const task = selected();
    if (!task || readOnly) return [];
    const name = taskName(store.view.project, task);
    const away = putAway(store, task, runApart, () => undefined);
    const own = taskActions(name, (property) => onEdit(task, property), away);
    return onMove ? [...own, { key: "task-move", name: `Move ${name}`, shortcut: "M", run: () => onMove(task) }] : own;
  });
  useActions("view", () => (readOnly ? [] : [{ key: "create", name: "Create a task", shortcut: "C", run: onCreate }]));
  return null;
}
