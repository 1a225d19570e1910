import Lock from "lucide-react/icons/lock";
import MessageSquare from "lucide-react/icons/message-square";
import Pencil from "lucide-react/icons/pencil";
import SquareCheck from "lucide-react/icons/square-check";
import { memo, useEffect, useRef } from "react";
import { useHasDraft } from "../../../sync/drafts";
import { openBlockers } from "../../../sync/fold/judge";
import type { Id, Task } from "../../../sync/model";
import { useProject, useTask, useTopic } from "../../../sync/react";
import { Avatar, AvatarStack, type Person } from "../../../ui/avatar";
import { Chip } from "../../../ui/chip";
import { PriorityIcon } from "../../../ui/priority-icon";
import { VisuallyHidden } from "../../../ui/visually-hidden";
import { isOpen, listWords, statusOf, taskName } from "../../../words/tasks";
import { useChangedBy } from "../changed-by";
import { useStaying } from "../filter/use-sight";
import { useSelected } from "../selection";
import styles from "./card.module.css";
import { useBoard } from "./context";
import { useDrag } from "./drag";
import { DueDate } from "./due-date";
import { makeDraggable } from "./mouse";

/** One task on the board. It renders when its task, its subtasks or its blockers change, and never because another card does. */
export const Card = memo(function Card({ id }: { id: Id }) {
  const task = useTask(id);
  const project = useProject();
  const board = useBoard();
  const element = useRef<HTMLDivElement>(null);
  const lifted = useDrag(board.dragging, (drag) => drag?.task === id);
  const selected = useSelected(board.selection, id);
  const changedBy = useChangedBy(id);
  const staying = useStaying(id);
  const { mayEdit } = board;
  useEffect(() => {
    return element.current ? makeDraggable(element.current, id, () => mayEdit) : undefined;
  }, [id, mayEdit]);
  if (!task) return null;
  const open = () => board.open(task);
  return (
    <div
      ref={element}
      className={styles.card}
      data-card={id}
      data-lifted={lifted || undefined}
      data-selected={selected || undefined}
      data-staying={staying ?? undefined}
      data-changed={changedBy !== null || undefined}
    >
      <button
        type="button"
        className={styles.face}
        onClick={open}
        onFocus={() => board.selection.select(id)}
        tabIndex={selected ? 0 : -1}
        data-face={id}
      >
        <span className={styles.line}>
          <span className={styles.number}>{taskName(project, task)}</span>
          {changedBy !== null && <WhoChanged name={board.people.name(changedBy)} id={changedBy} />}
          <span className={styles.marks}>
            <DraftMark task={id} />
            {task.priority !== "none" && <PriorityIcon priority={task.priority} />}
          </span>
        </span>
        <Title task={task} />
        {task.parent && <Parent id={task.parent} />}
        {staying !== null && <span className={styles.staying}>Not in this filter</span>}
        <Meta task={task} />
      </button>
    </div>
  );
});

/** Something of the task is begun and not saved. */
function DraftMark({ task }: { task: Id }) {
  if (!useHasDraft(task)) return null;
  return <Pencil size={12} strokeWidth={1.5} role="img" aria-label="Unsaved draft" />;
}

/** Who else changed the card just now. */
function WhoChanged({ id, name }: Person) {
  return (
    <span className={styles.who}>
      <Avatar person={{ id, name }} size={16} decorative />
      <span className={styles.whoName} dir="auto">
        <VisuallyHidden>changed by </VisuallyHidden>
        {name}
      </span>
    </span>
  );
}

/** What the task is a part of. An archived parent is not on the board, so it is not named. */
function Parent({ id }: { id: Id }) {
  const parent = useTask(id);
  const name = taskName(useProject(), parent ?? { number: 0 });
  if (!parent) return null;
  return (
    <span className={styles.parent} dir="auto" title={`Part of ${name} ${parent.title}`}>
      <VisuallyHidden>Part of </VisuallyHidden>
      {name} {parent.title}
    </span>
  );
}

function Title({ task }: { task: Task }) {
  // A blocker that is finished leaves the edges as they are.
  const waits = useTopic(`task:${task.id}`, ({ view }) =>
    listWords(openBlockers(view, task.id).map((blocker) => taskName(view.project, blocker))),
  );
  return (
    <span className={styles.title} data-blocked={waits !== "" || undefined} dir="auto" title={task.title}>
      {waits !== "" && <Lock size={12} strokeWidth={1.5} role="img" aria-label={`Waits for ${waits}.`} />}
      {task.title}
    </span>
  );
}

function Meta({ task }: { task: Task }) {
  const project = useProject();
  const { people } = useBoard();
  const labels = project.labels.filter((label) => task.labels.includes(label.key));
  const done = useTopic(`task:${task.id}`, (store) => {
    const below = [...store.children(task.id)].map((child) => store.task(child)?.status);
    if (below.length === 0) return null;
    const finished = below.filter((status) => status && !isOpen(statusOf(project, status)?.category)).length;
    return `${finished}/${below.length}`;
  });
  const finished = !isOpen(statusOf(project, task.status)?.category);
  const empty = labels.length + task.assignees.length + task.comment_count === 0 && !task.due_on && !done;
  if (empty) return null;
  return (
    <span className={styles.meta}>
      <span className={styles.facts}>
        {labels.map((label) => (
          <Chip key={label.key} name={label.name} color={label.color} />
        ))}
        {task.due_on && <DueDate day={task.due_on} done={finished} />}
        {done && (
          <span className={styles.count} title={`${done} subtasks done`}>
            <SquareCheck size={12} strokeWidth={1.5} aria-hidden /> {done}
          </span>
        )}
        {task.comment_count > 0 && (
          <span className={styles.count} title={`${task.comment_count} comments`}>
            <MessageSquare size={12} strokeWidth={1.5} aria-hidden /> {task.comment_count}
          </span>
        )}
      </span>
      <AvatarStack
        label="Assigned to"
        people={task.assignees.map((user) => ({ id: user, name: people.name(user), title: people.label(user) }))}
      />
    </span>
  );
}
