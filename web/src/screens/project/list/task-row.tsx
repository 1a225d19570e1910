import CalendarPlus from "lucide-react/icons/calendar-plus";
import Pencil from "lucide-react/icons/pencil";
import UserPlus from "lucide-react/icons/user-plus";
import { memo, type ReactNode } from "react";
import { useHasDraft } from "../../../sync/drafts";
import type { Id, Task } from "../../../sync/model";
import { useProject, useTask } from "../../../sync/react";
import { Avatar, AvatarStack } from "../../../ui/avatar";
import { Chip } from "../../../ui/chip";
import { InlineField } from "../../../ui/inline-edit";
import { PriorityIcon, priorityNames } from "../../../ui/priority-icon";
import { StatusIcon } from "../../../ui/status-icon";
import { VisuallyHidden } from "../../../ui/visually-hidden";
import { isOpen, listWords, positionOf, statusName, statusOf, taskName } from "../../../words/tasks";
import { useClock } from "../../../words/use-clock";
import type { PropertyName } from "../../task/properties";
import { DueDate } from "../board/due-date";
import { useChangedBy } from "../changed-by";
import { useStaying } from "../filter/use-sight";
import { useSelected } from "../selection";
import { useGive } from "../use-give";
import { useList } from "./context";
import styles from "./list.module.css";

interface TaskRowProps {
  readonly row: string;
  readonly id: Id;
  readonly editsTitle: boolean;
}

/** One task in one line. Its fields are changed where they stand; the title opens the task. */
export const TaskRow = memo(function TaskRow({ row, id, editsTitle }: TaskRowProps) {
  const task = useTask(id);
  const { selection } = useList();
  const selected = useSelected(selection, row);
  const staying = useStaying(id);
  if (!task) return null;
  const part = { task, row, selected };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the focus comes from what is in it.
    <div
      className={styles.task}
      data-card={id}
      data-row={row}
      data-selected={selected || undefined}
      data-staying={staying ?? undefined}
      onFocus={() => selection.select(row)}
    >
      <Status {...part} />
      {editsTitle ? <TitleField task={task} /> : <Title {...part} />}
      <Labels task={task} />
      <Priority {...part} />
      <Assignees {...part} />
      <Due {...part} />
      <Updated task={task} />
    </div>
  );
});

interface PartProps {
  readonly task: Task;
  readonly row: string;
  readonly selected: boolean;
}

interface CellProps extends PartProps {
  readonly field: PropertyName;
  readonly label: string;
  /** There is nothing in it, so it is only drawn where one is. */
  readonly empty?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A field of the row, which opens its picker. The keys pass over those of rows that are not selected. */
function Cell({ task, row, selected, field, label, empty, className, children }: CellProps) {
  const { mayEdit, edit } = useList();
  const place = {
    className: `${styles.cell} ${className ?? ""}`,
    "data-cell": field,
    "data-empty": empty || undefined,
  };
  if (!mayEdit) return <span {...place}>{!empty && children}</span>;
  return (
    <button
      type="button"
      {...place}
      aria-label={label}
      title={label}
      tabIndex={selected ? 0 : -1}
      onClick={() => edit({ row, task, field })}
    >
      {children}
    </button>
  );
}

function Status(part: PartProps) {
  const project = useProject();
  const { status } = part.task;
  const category = statusOf(project, status)?.category ?? "open";
  const name = statusName(project, status);
  const { mayEdit } = useList();
  return (
    <Cell {...part} field="status" label={`Status: ${name}`}>
      <StatusIcon category={category} position={positionOf(project, status)} {...(mayEdit ? {} : { label: name })} />
    </Cell>
  );
}

function Title({ task, row, selected }: PartProps) {
  const project = useProject();
  const { open, mayEdit, edit } = useList();
  const staying = useStaying(task.id);
  const hasDraft = useHasDraft(task.id);
  return (
    <>
      <button
        type="button"
        className={styles.open}
        data-face={row}
        tabIndex={selected ? 0 : -1}
        onClick={() => open(task)}
      >
        <span className={styles.number}>{taskName(project, task)}</span>
        <span className={styles.title} dir="auto" title={task.title}>
          {task.title}
        </span>
        {hasDraft && <Pencil size={12} strokeWidth={1.5} role="img" aria-label="Unsaved draft" />}
        {staying !== null && <span className={styles.staying}>Not in this filter</span>}
      </button>
      {mayEdit && (
        <button
          type="button"
          className={`${styles.cell} ${styles.editTitle}`}
          aria-label="Edit the title"
          title="Edit the title (E)"
          data-empty
          tabIndex={selected ? 0 : -1}
          onClick={() => edit({ row, task, field: "title" })}
        >
          <Pencil size={14} strokeWidth={1.5} aria-hidden />
        </button>
      )}
    </>
  );
}

function TitleField({ task }: { task: Task }) {
  const { endEdit } = useList();
  const give = useGive();
  return (
    <InlineField
      label="Title"
      value={task.title}
      required
      maxLength={500}
      className={styles.titleField}
      onSave={(title) => give({ type: "task.update", task: task.id, set: { title } })}
      onEnd={endEdit}
    />
  );
}

function Labels({ task }: { task: Task }) {
  const labels = useProject().labels.filter(({ key }) => task.labels.includes(key));
  if (labels.length === 0) return null;
  return (
    <span className={styles.labels}>
      {labels.map(({ key, name, color }) => (
        <Chip key={key} name={name} color={color} />
      ))}
    </span>
  );
}

function Priority(part: PartProps) {
  const { priority } = part.task;
  const { mayEdit } = useList();
  return (
    <Cell {...part} field="priority" label={`Priority: ${priorityNames[priority]}`} empty={priority === "none"}>
      <PriorityIcon priority={priority} decorative={mayEdit} />
    </Cell>
  );
}

function Assignees(part: PartProps) {
  const { people } = useList();
  const assigned = part.task.assignees.map((id) => ({ id, name: people.name(id), title: people.label(id) }));
  const names = assigned.length === 0 ? "nobody" : listWords(assigned.map(({ title }) => title));
  return (
    <Cell
      {...part}
      field="assignees"
      label={`Assignees: ${names}`}
      empty={assigned.length === 0}
      className={styles.assignees}
    >
      {assigned.length === 0 ? (
        <UserPlus size={14} strokeWidth={1.5} aria-hidden />
      ) : (
        <AvatarStack label="Assigned to" people={assigned} />
      )}
    </Cell>
  );
}

function Due(part: PartProps) {
  const project = useProject();
  const clock = useClock();
  const { due_on, status } = part.task;
  const done = !isOpen(statusOf(project, status)?.category);
  const label = due_on === null ? "Due: no day" : `Due ${clock.day(due_on)}`;
  return (
    <Cell {...part} field="due" label={label} empty={due_on === null} className={styles.due}>
      {due_on === null ? (
        <CalendarPlus size={14} strokeWidth={1.5} aria-hidden />
      ) : (
        <DueDate day={due_on} done={done} />
      )}
    </Cell>
  );
}

/** When it was changed last; for two seconds, who did. */
function Updated({ task }: { task: Task }) {
  const clock = useClock();
  const { people } = useList();
  const by = useChangedBy(task.id);
  if (by !== null) {
    return (
      <span className={styles.who}>
        <Avatar person={{ id: by, name: people.name(by) }} size={16} decorative />
        <span className={styles.whoName} dir="auto">
          <VisuallyHidden>changed by </VisuallyHidden>
          {people.name(by)}
        </span>
      </span>
    );
  }
  return (
    <time className={styles.updated} dateTime={task.updated_at} title={clock.exactly(task.updated_at)}>
      {clock.ago(task.updated_at)}
    </time>
  );
}
