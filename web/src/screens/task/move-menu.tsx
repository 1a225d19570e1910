import type { Task } from "../../sync/model";
import { useProject, useStore } from "../../sync/react";
import type { MenuEntry } from "../../ui/menu";
import { StatusIcon } from "../../ui/status-icon";
import { positionOf } from "../../words/tasks";
import { forbidden } from "../project/board/rules";
import { useTaskPlace } from "./context";

/** Where the task can go: what dragging does, for who does not drag. */
export function useMoveMenu(task: Task): MenuEntry {
  const { run } = useTaskPlace();
  const store = useStore();
  const project = useProject();
  const others = store.column(task.status).filter((id) => id !== task.id);
  const [first] = others;
  const last = others.at(-1);
  const columns = project.workflow.statuses.map((status): MenuEntry => {
    const reason = forbidden(store.view, task, status);
    return {
      key: status.key,
      name: status.name,
      icon: <StatusIcon category={status.category} position={positionOf(project, status.key)} />,
      checked: status.key === task.status,
      ...(reason === null ? {} : { disabled: true, hint: reason }),
      onSelect: () => {
        if (status.key !== task.status) void run({ type: "task.move", task: task.id, status: status.key });
      },
    };
  });
  const places: MenuEntry[] =
    first === undefined || last === undefined
      ? []
      : [
          { key: "place", separator: true },
          {
            key: "top",
            name: "To the top",
            onSelect: () => void run({ type: "task.move", task: task.id, before: first }),
          },
          {
            key: "bottom",
            name: "To the bottom",
            onSelect: () => void run({ type: "task.move", task: task.id, after: last }),
          },
        ];
  return { key: "move", name: "Move", items: [...columns, ...places] };
}
