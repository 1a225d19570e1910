import { useState } from "react";
import type { Status, Task } from "../../../sync/model";
import { useProject, useStore } from "../../../sync/react";
import { Picker, type PickerOption } from "../../../ui/picker";
import { StatusIcon } from "../../../ui/status-icon";
import { positionOf, statusOf, taskName } from "../../../words/tasks";
import type { Place } from "./place";
import { forbidden } from "./rules";

type Goal = Pick<Place, "status" | "after" | "before">;

interface MovePickerProps {
  readonly task: Task;
  readonly anchor: HTMLElement | null;
  readonly onMove: (goal: Goal) => void;
  readonly onClose: () => void;
}

const top = "top";
const bottom = "bottom";

/** Moves a task without dragging: first the column, then the place in it. */
export function MovePicker({ task, anchor, onMove, onClose }: MovePickerProps) {
  const [column, setColumn] = useState<string | null>(null);
  const status = statusOf(useProject(), column ?? "");
  const columns = useColumns(task);
  const places = usePlaces(task, status);
  const pick = (value: string) => {
    if (!status) return setColumn(value);
    onMove(places.goal(value));
    onClose();
  };
  // One picker for both steps, so that the focus stays in it.
  return (
    <Picker
      label={status ? `Place in ${status.name}` : "Move to column"}
      anchor={anchor}
      options={status ? places.options : columns}
      chosen={status ? [] : [task.status]}
      multiple
      open
      onOpenChange={(open) => void (open || onClose())}
      onPick={pick}
    />
  );
}

function useColumns(task: Task): PickerOption[] {
  const { view } = useStore();
  const project = useProject();
  return project.workflow.statuses.map((status) => {
    const reason = forbidden(view, task, status);
    return {
      value: status.key,
      name: status.name,
      icon: <StatusIcon category={status.category} position={positionOf(project, status.key)} />,
      ...(reason === null ? {} : { disabled: true, hint: reason }),
    };
  });
}

function usePlaces(task: Task, status: Status | undefined) {
  const store = useStore();
  const project = useProject();
  const key = status?.key ?? task.status;
  const others = store.column(key).filter((id) => id !== task.id);
  const options: PickerOption[] = [
    { value: top, name: "Top" },
    { value: bottom, name: "Bottom" },
    ...others.flatMap((id) => afterOption(store.task(id), (other) => taskName(project, other))),
  ];
  const goal = (value: string): Goal => {
    const place = { status: key, after: null, before: null };
    if (value === top) return { ...place, before: others[0] ?? null };
    return { ...place, after: value === bottom ? (others.at(-1) ?? null) : value };
  };
  return { options, goal };
}

function afterOption(task: Task | undefined, name: (task: Task) => string): PickerOption[] {
  return task ? [{ value: task.id, name: `After ${name(task)}`, also: task.title, hint: task.title }] : [];
}
