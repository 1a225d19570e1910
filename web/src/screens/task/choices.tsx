// What can be picked for a property of a task, and what picking does: the same in the panel, at a card and in a list.

import type { ReactNode } from "react";
import type { Priority, Task } from "../../sync/model";
import { useProject } from "../../sync/react";
import { Avatar } from "../../ui/avatar";
import { ColorDot } from "../../ui/chip";
import { labelColors } from "../../ui/hue";
import type { PickerOption as Option } from "../../ui/picker";
import { PriorityIcon, priorityNames } from "../../ui/priority-icon";
import { StatusIcon } from "../../ui/status-icon";
import { positionOf, statusOf } from "../../words/tasks";
import { useClock } from "../../words/use-clock";
import { keyFor } from "../settings/workflow";
import { useTaskPlace } from "./context";

export interface Choice {
  readonly label: string;
  readonly shortcut: string;
  readonly options: readonly Option[];
  readonly chosen: readonly string[];
  readonly multiple?: boolean;
  readonly onPick: (value: string) => void;
  readonly create?: { readonly what: string; readonly onCreate: (name: string) => void };
}

/** The picture of a status of this project. */
export function useStatusPicture(): (key: string) => ReactNode {
  const project = useProject();
  return (key) => (
    <StatusIcon category={statusOf(project, key)?.category ?? "open"} position={positionOf(project, key)} />
  );
}

export function useStatusChoice(task: Task): Choice {
  const { run } = useTaskPlace();
  const { workflow } = useProject();
  const picture = useStatusPicture();
  const allowed = workflow.transitions?.[task.status];
  const options = workflow.statuses.map(({ key, name }): Option => {
    const disabled = allowed !== undefined && key !== task.status && !allowed.includes(key);
    return { value: key, name, icon: picture(key), disabled, ...(disabled ? { hint: "not from here" } : {}) };
  });
  const onPick = (status: string) => {
    if (status !== task.status) void run({ type: "task.move", task: task.id, status });
  };
  return { label: "Status", shortcut: "S", options, chosen: [task.status], onPick };
}

export function usePriorityChoice(task: Task): Choice {
  const { run } = useTaskPlace();
  const options = (Object.entries(priorityNames) as [Priority, string][]).map(
    ([value, name]): Option => ({ value, name, icon: <PriorityIcon priority={value} decorative /> }),
  );
  const onPick = (picked: string) => {
    const priority = picked as Priority;
    if (priority !== task.priority) void run({ type: "task.update", task: task.id, set: { priority } });
  };
  return { label: "Priority", shortcut: "P", options, chosen: [task.priority], onPick };
}

export function useAssigneesChoice(task: Task): Choice {
  const { people, me } = useTaskPlace();
  const { locale } = useClock();
  const onPick = useToggle(task, "assignees");
  const members = people.members(locale).map(
    (person): Option => ({
      value: person.id,
      name: person.name,
      icon: <Avatar person={person} size={16} decorative />,
      ...(person.id === me ? { hint: "you" } : {}),
    }),
  );
  // Who is assigned stands first, then oneself.
  const rank = ({ value }: Option) => (task.assignees.includes(value) ? 0 : value === me ? 1 : 2);
  const left = task.assignees.filter((id) => !members.some(({ value }) => value === id));
  const gone = left.map((id): Option => ({ value: id, name: people.label(id) }));
  const options = [...gone, ...members].sort((a, b) => rank(a) - rank(b));
  return { label: "Assignees", shortcut: "A", options, chosen: task.assignees, multiple: true, onPick };
}

export function useLabelsChoice(task: Task): Choice {
  const { labels } = useProject();
  const onPick = useToggle(task, "labels");
  const create = { what: "label", onCreate: useNewLabel(task) };
  const options = labels
    .filter(({ key, archived }) => !archived || task.labels.includes(key))
    .map(({ key, name, color }): Option => ({ value: key, name, icon: <ColorDot color={color} /> }));
  return { label: "Labels", shortcut: "L", options, chosen: task.labels, multiple: true, onPick, create };
}

/** Adds or takes away one: what others did to the same list meanwhile stays. */
function useToggle(task: Task, list: "assignees" | "labels") {
  const { run } = useTaskPlace();
  return (value: string) => {
    const change = task[list].includes(value) ? "remove" : "add";
    void run({ type: "task.update", task: task.id, [change]: { [list]: [value] } });
  };
}

/** Makes a label, in the next colour, and puts it on the task. */
function useNewLabel(task: Task): (name: string) => void {
  const { run } = useTaskPlace();
  const { labels } = useProject();
  return (name) => {
    const keys = labels.map((label) => label.key);
    const key = keyFor(name, keys, "label");
    const color = labelColors[labels.length % labelColors.length]?.hex ?? "#80868f";
    void run({ type: "label.put", key, name, color }, { type: "task.update", task: task.id, add: { labels: [key] } });
  };
}
