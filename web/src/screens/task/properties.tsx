import { type ReactNode, useState } from "react";
import type { Task, TaskFields } from "../../sync/model";
import { useProject, useStore } from "../../sync/react";
import { Avatar } from "../../ui/avatar";
import { Chip } from "../../ui/chip";
import type { PickerOption as Option } from "../../ui/picker";
import { PriorityIcon, priorityNames } from "../../ui/priority-icon";
import { isOpen, statusName, statusOf, taskName } from "../../words/tasks";
import { useClock } from "../../words/use-clock";
import {
  type Choice,
  useAssigneesChoice,
  useLabelsChoice,
  usePriorityChoice,
  useStatusChoice,
  useStatusPicture,
} from "./choices";
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

export function Properties(props: PropertiesProps) {
  const { task } = props;
  const { run, readOnly } = useTaskPlace();
  const set = (fields: TaskFields) => void run({ type: "task.update", task: task.id, set: fields });
  return (
    <dl className={styles["properties"]} aria-label="Properties">
      <StatusProperty {...props} />
      <PriorityProperty {...props} />
      <AssigneesProperty {...props} />
      <LabelsProperty {...props} />
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
      <ParentProperty task={task} set={set} />
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

function StatusProperty(props: PropertiesProps) {
  const { status } = props.task;
  const picture = useStatusPicture();
  const name = statusName(useProject(), status);
  return (
    <Chosen {...props} name="status" choice={useStatusChoice(props.task)}>
      {picture(status)} {name}
    </Chosen>
  );
}

function PriorityProperty(props: PropertiesProps) {
  const { priority } = props.task;
  return (
    <Chosen {...props} name="priority" choice={usePriorityChoice(props.task)}>
      <PriorityIcon priority={priority} decorative /> {priorityNames[priority]}
    </Chosen>
  );
}

function AssigneesProperty(props: PropertiesProps) {
  const { assignees } = props.task;
  const { people } = useTaskPlace();
  return (
    <Chosen {...props} name="assignees" choice={useAssigneesChoice(props.task)}>
      {assignees.length === 0 ? (
        <Nothing>Nobody</Nothing>
      ) : (
        <span className={styles["several"]}>
          {assignees.map((id) => (
            <span key={id} className={styles["person"]}>
              <Avatar person={{ id, name: people.name(id) }} size={16} decorative /> {people.label(id)}
            </span>
          ))}
        </span>
      )}
    </Chosen>
  );
}

function LabelsProperty(props: PropertiesProps) {
  const { task } = props;
  const { readOnly } = useTaskPlace();
  const choice = useLabelsChoice(task);
  const labels = useProject().labels.filter(({ key }) => task.labels.includes(key));
  if (choice.options.length === 0 && readOnly) return null;
  return (
    <Chosen {...props} name="labels" choice={choice}>
      {task.labels.length === 0 ? (
        <Nothing>None</Nothing>
      ) : (
        <span className={styles["several"]}>
          {labels.map(({ key, name, color }) => (
            <Chip key={key} name={name} color={color} />
          ))}
        </span>
      )}
    </Chosen>
  );
}

interface ChosenProps extends PropertiesProps {
  name: PropertyName;
  choice: Choice;
  children: ReactNode;
}

/** A property that is picked. */
function Chosen({ name, choice, children, ...props }: ChosenProps) {
  const { readOnly } = useTaskPlace();
  return <ChoiceProperty {...choice} readOnly={readOnly} value={children} {...opening(props, name)} />;
}

const most = 30;
const noParent = "";

interface ParentProps {
  task: Task;
  set: (set: TaskFields) => void;
}

function ParentProperty({ task, set }: ParentProps) {
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
