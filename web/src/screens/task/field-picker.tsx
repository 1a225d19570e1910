import { useEffect, useMemo } from "react";
import type { Id, Task } from "../../sync/model";
import { useTask } from "../../sync/react";
import { Picker } from "../../ui/picker";
import { Popover } from "../../ui/popover";
import { useClock } from "../../words/use-clock";
import { type Choice, useAssigneesChoice, useLabelsChoice, usePriorityChoice, useStatusChoice } from "./choices";
import { TaskPlaceContext, useNewTaskPlace, useTaskPlace } from "./context";
import { Days } from "./days";
import type { PropertyName } from "./properties";

interface FieldPickerProps {
  readonly task: Id;
  readonly property: PropertyName;
  readonly anchor: HTMLElement | null;
  readonly onClose: () => void;
}

/** Changes one property of a task where it stands: at its card, or in a row. What is refused is said in the corner. */
export function FieldPicker({ task: id, property, anchor, onClose }: FieldPickerProps) {
  const task = useTask(id);
  const place = useNewTaskPlace();
  const apart = useMemo(() => ({ ...place, run: place.runApart }), [place]);
  const isGone = !task;
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);
  if (!task) return null;
  const at = { task, anchor, onClose };
  return (
    <TaskPlaceContext value={apart}>
      {property === "due" ? <DuePicker {...at} /> : <ChoicePicker key={property} property={property} {...at} />}
    </TaskPlaceContext>
  );
}

interface At {
  readonly task: Task;
  readonly anchor: HTMLElement | null;
  readonly onClose: () => void;
}

type Picked = Exclude<PropertyName, "due">;

const choices: Record<Picked, (task: Task) => Choice> = {
  status: useStatusChoice,
  assignees: useAssigneesChoice,
  labels: useLabelsChoice,
  priority: usePriorityChoice,
};

function ChoicePicker({ property, task, anchor, onClose }: At & { readonly property: Picked }) {
  const useChoice = choices[property];
  const { shortcut: _, ...choice } = useChoice(task);
  return <Picker {...choice} anchor={anchor} open onOpenChange={(open) => void (open || onClose())} />;
}

function DuePicker({ task, anchor, onClose }: At) {
  const { run } = useTaskPlace();
  const { today } = useClock();
  const choose = (due_on: string | null) => {
    onClose();
    if (due_on !== task.due_on) void run({ type: "task.update", task: task.id, set: { due_on } });
  };
  return (
    <Popover title="Due" hideTitle anchor={anchor} open onOpenChange={(open) => void (open || onClose())}>
      <Days day={task.due_on} today={today} onChoose={choose} />
    </Popover>
  );
}
