import type { ReactNode } from "react";
import { useState } from "react";
import type { Priority, Task, TaskFields } from "../../sync/model";
import { useProject, useStore } from "../../sync/react";
import { Avatar } from "../../ui/avatar";
import { Chip, ColorDot } from "../../ui/chip";
import { labelColors } from "../../ui/hue";
import type { PickerOption as Option } from "../../ui/picker";
import { PriorityIcon, priorityNames } from "../../ui/priority-icon";
import { StatusIcon } from "../../ui/status-icon";
import { isOpen, positionOf, statusName, statusOf, taskName } from "../../words/tasks";
import { useClock } from "../../words/use-clock";
import { keyFor } from "../settings/workflow";
import { useTaskPlace } from "./context";
import { CustomFields } from "./custom-fields";
import { DayProperty } from "./day-property";
import { NumberProperty } from "./number-property";
import { ChoiceProperty, Nothing, Property } from "./property-list";
import styles from "./task.module.css";
import { findTasks } from "./text";
import { Watching } from "./watching";

export type PropertyName = "status" | "assignees" | "labels" | "priority" | "due";

interface PropertiesProps {
  task: Task;
  /** The one that is being changed. */
  open: PropertyName | null;
  onOpen: (property: PropertyName | null) => void;
}

interface PartProps extends PropertiesProps {
  set: (set: TaskFields) => void;
}

export function Properties(props: PropertiesProps) {
  const { task } = props;
  const { run, readOnly } = useTaskPlace();
  const set = (fields: TaskFields) => void run({ type: "task.update", task: task.id, set: fields });
  const parts = { ...props, set };
  return (
    <dl className={styles["properties"]} aria-label="Properties">
      <StatusProperty {...parts} />
      <PriorityProperty {...parts} />
      <AssigneesProperty {...parts} />
      <LabelsProperty {...parts} />
      <DayProperty label="Start" day={task.start_on} readOnly={readOnly} onSet={(start_on) => set({ start_on })} />
      <DayProperty
        label="Due"
        day={task.due_on}
        overdue={useOverdue(task)}
        readOnly={readOnly}
        shortcut="D"
        onSet={(due_on) => set({ due_on })}
        {...opening(props, "due")}
      />
      <NumberProperty
        label="Estimate"
        value={task.estimate}
        readOnly={readOnly}
        onSet={(estimate) => set({ estimate })}
      />
      <CustomFields task={task} onSet={(fields) => set({ fields })} />
      <ParentProperty {...parts} />
      <Watching task={task} />
      <Made task={task} />
    </dl>
  );
}

/** A property that a key may open too. */
const opening = ({ open, onOpen }: PropertiesProps, name: PropertyName) => ({
  open: open === name,
  onOpenChange: (next: boolean) => onOpen(next ? name : null),
});

function StatusProperty(props: PartProps) {
  const { task } = props;
  const { readOnly, run } = useTaskPlace();
  const project = useProject();
  const allowed = project.workflow.transitions?.[task.status];
  const icon = (key: string): ReactNode => (
    <StatusIcon category={statusOf(project, key)?.category ?? "open"} position={positionOf(project, key)} />
  );
  const options = project.workflow.statuses.map(({ key, name }): Option => {
    const disabled = allowed !== undefined && key !== task.status && !allowed.includes(key);
    return { value: key, name, icon: icon(key), disabled, ...(disabled ? { hint: "not from here" } : {}) };
  });
  return (
    <ChoiceProperty
      label="Status"
      shortcut="S"
      options={options}
      chosen={[task.status]}
      readOnly={readOnly}
      value={
        <>
          {icon(task.status)} {statusName(project, task.status)}
        </>
      }
      onPick={(status) => {
        if (status !== task.status) void run({ type: "task.move", task: task.id, status });
      }}
      {...opening(props, "status")}
    />
  );
}

function PriorityProperty(props: PartProps) {
  const { task, set } = props;
  const { readOnly } = useTaskPlace();
  const options = (Object.entries(priorityNames) as [Priority, string][]).map(
    ([value, name]): Option => ({ value, name, icon: <PriorityIcon priority={value} decorative /> }),
  );
  return (
    <ChoiceProperty
      label="Priority"
      shortcut="P"
      options={options}
      chosen={[task.priority]}
      readOnly={readOnly}
      value={
        <>
          <PriorityIcon priority={task.priority} decorative /> {priorityNames[task.priority]}
        </>
      }
      onPick={(priority) => {
        if (priority !== task.priority) set({ priority: priority as Priority });
      }}
      {...opening(props, "priority")}
    />
  );
}

/** Adds or takes away one: what others did to the same list meanwhile stays. */
function useToggle(task: Task, list: "assignees" | "labels") {
  const { run } = useTaskPlace();
  return (value: string) => {
    const change = task[list].includes(value) ? "remove" : "add";
    void run({ type: "task.update", task: task.id, [change]: { [list]: [value] } });
  };
}

function AssigneesProperty(props: PartProps) {
  const { task } = props;
  const { readOnly, people, me } = useTaskPlace();
  const { locale } = useClock();
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
  return (
    <ChoiceProperty
      label="Assignees"
      shortcut="A"
      multiple
      options={[...gone, ...members].sort((a, b) => rank(a) - rank(b))}
      chosen={task.assignees}
      readOnly={readOnly}
      value={
        task.assignees.length === 0 ? (
          <Nothing>Nobody</Nothing>
        ) : (
          <span className={styles["several"]}>
            {task.assignees.map((id) => (
              <span key={id} className={styles["person"]}>
                <Avatar person={{ id, name: people.name(id) }} size={16} decorative /> {people.label(id)}
              </span>
            ))}
          </span>
        )
      }
      onPick={useToggle(task, "assignees")}
      {...opening(props, "assignees")}
    />
  );
}

function LabelsProperty(props: PartProps) {
  const { task } = props;
  const { readOnly } = useTaskPlace();
  const { labels } = useProject();
  const create = useNewLabel(task);
  const options = labels
    .filter(({ key, archived }) => !archived || task.labels.includes(key))
    .map(({ key, name, color }): Option => ({ value: key, name, icon: <ColorDot color={color} /> }));
  const toggle = useToggle(task, "labels");
  if (options.length === 0 && readOnly) return null;
  return (
    <ChoiceProperty
      label="Labels"
      shortcut="L"
      multiple
      options={options}
      chosen={task.labels}
      readOnly={readOnly}
      value={
        task.labels.length === 0 ? (
          <Nothing>None</Nothing>
        ) : (
          <span className={styles["several"]}>
            {labels
              .filter(({ key }) => task.labels.includes(key))
              .map(({ key, name, color }) => (
                <Chip key={key} name={name} color={color} />
              ))}
          </span>
        )
      }
      onPick={toggle}
      create={{ what: "label", onCreate: create }}
      {...opening(props, "labels")}
    />
  );
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

const most = 30;
const noParent = "";

function ParentProperty({ task, set }: PartProps) {
  const { readOnly } = useTaskPlace();
  const store = useStore();
  const project = useProject();
  const [query, setQuery] = useState("");
  const parent = task.parent === null ? undefined : store.task(task.parent);
  if (!parent && readOnly) return null;
  const found = findTasks(store, query, most).filter(({ id }) => id !== task.id);
  const options: Option[] = found.map((other) => ({
    value: other.id,
    name: other.title,
    hint: taskName(project, other),
  }));
  if (parent) options.unshift({ value: noParent, name: "No parent" });
  return (
    <ChoiceProperty
      label="Parent"
      options={options}
      chosen={parent ? [parent.id] : []}
      readOnly={readOnly}
      value={
        parent ? (
          <span className={styles["cut"]}>{`${taskName(project, parent)} ${parent.title}`}</span>
        ) : (
          <Nothing>None</Nothing>
        )
      }
      onPick={(id) => set({ parent: id === noParent ? null : id })}
      onQuery={setQuery}
    />
  );
}

function Made({ task }: { task: Task }) {
  const { people } = useTaskPlace();
  const clock = useClock();
  const updated = task.updated_at > task.created_at;
  return (
    <>
      <Property label="Created" fact>
        <span title={clock.exactly(task.created_at)}>
          {clock.ago(task.created_at)} by {people.label(task.created_by)}
        </span>
      </Property>
      {updated && (
        <Property label="Updated" fact>
          <span title={clock.exactly(task.updated_at)}>{clock.ago(task.updated_at)}</span>
        </Property>
      )}
    </>
  );
}

/** Whether the day is over and the task is not. */
function useOverdue(task: Task): boolean {
  const project = useProject();
  const { today } = useClock();
  return task.due_on !== null && task.due_on < today && isOpen(statusOf(project, task.status)?.category);
}
