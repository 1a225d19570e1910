import type { Id, Task } from "../../sync/model";
import type { ProjectStore } from "../../sync/store";
import { toast } from "../../ui/toast";
import { taskName } from "../../words/tasks";
import type { Action } from "../project/actions";
import type { TaskPlace } from "./context";
import type { PropertyName } from "./properties";
import { propertyKeys } from "./property-keys";

const names: Record<PropertyName, string> = {
  status: "Status",
  assignees: "Assignees",
  labels: "Labels",
  priority: "Priority",
  due: "Due",
};

/** What can be done to a task wherever it is shown: its properties, and putting it away. */
export function taskActions(name: string, edit: (property: PropertyName) => void, away: PutAway): Action[] {
  const properties = Object.entries(propertyKeys).map(
    ([letter, property]): Action => ({
      key: `task-${property}`,
      name: `${names[property]} of ${name}`,
      shortcut: letter.toUpperCase(),
      run: () => edit(property),
    }),
  );
  return [
    ...properties,
    { key: "task-archive", name: `Archive ${name}`, run: () => void away.archive() },
    { key: "task-delete", name: `Delete ${name}`, run: () => void away.remove() },
  ];
}

export interface PutAway {
  readonly archive: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Archives or deletes a task. `begin` is called before, and the corner has an Undo after it. */
export function putAway(store: ProjectStore, task: Task, run: TaskPlace["runApart"], begin: () => void): PutAway {
  const name = taskName(store.view.project, task);
  const away = async (type: "task.archive" | "task.delete", back: "task.unarchive" | "task.restore", done: string) => {
    begin();
    if (!(await run({ type, task: task.id }))) return;
    toast.show({ text: `${name} ${done}.`, action: { name: "Undo", onSelect: () => undo(back, task.id) } });
  };
  const undo = (type: "task.unarchive" | "task.restore", id: Id) => void run({ type, task: id });
  return {
    archive: () => away("task.archive", "task.unarchive", "archived"),
    remove: () => away("task.delete", "task.restore", "deleted"),
  };
}
