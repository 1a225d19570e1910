import X from "lucide-react/icons/x";
import { Link } from "wouter";
import type { Id } from "../../sync/model";
import { useProject, useTask } from "../../sync/react";
import { AvatarStack } from "../../ui/avatar";
import { IconButton } from "../../ui/button";
import { StatusIcon } from "../../ui/status-icon";
import { isOpen, positionOf, statusName, statusOf, taskName } from "../../words/tasks";
import { useTaskHref, useTaskPlace } from "./context";
import styles from "./task.module.css";

interface TaskRowProps {
  id: Id;
  /** What taking it away is called. */
  remove?: string;
  onRemove?: () => void;
}

/** Another task in one line: state, number, title, people. */
export function TaskRow({ id, remove, onRemove }: TaskRowProps) {
  const href = useTaskHref();
  const project = useProject();
  const { people } = useTaskPlace();
  const task = useTask(id);
  if (!task) return null;
  const category = statusOf(project, task.status)?.category ?? "open";
  const assignees = task.assignees.map((user) => ({ id: user, name: people.name(user) }));
  return (
    <li className={styles["row"]}>
      <StatusIcon
        category={category}
        position={positionOf(project, task.status)}
        label={statusName(project, task.status)}
      />
      <Link href={href(task)} className={styles["rowLink"]} data-done={!isOpen(category) || undefined}>
        <span className={styles["number"]}>{taskName(project, task)}</span>
        <span className={styles["rowTitle"]} dir="auto" title={task.title}>
          {task.title}
        </span>
      </Link>
      <AvatarStack people={assignees} label="Assigned to" size={16} />
      {onRemove && <IconButton size="small" label={remove ?? "Remove"} icon={<X aria-hidden />} onClick={onRemove} />}
    </li>
  );
}
