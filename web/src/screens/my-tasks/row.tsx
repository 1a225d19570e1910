import { Link } from "wouter";
import { IconButton } from "../../ui/button";
import { Menu } from "../../ui/menu";
import { PriorityIcon } from "../../ui/priority-icon";
import { StatusIcon } from "../../ui/status-icon";
import { positionOf } from "../../words/tasks";
import { useClock } from "../../words/use-clock";
import styles from "./my-tasks.module.css";
import type { Columns, MyTask } from "./queries";

interface Props {
  one: MyTask;
  showsProject: boolean;
  columns: Columns;
  onStatus(status: string): void;
}

export function TaskRow({ one: { project, task }, showsProject, columns, onStatus }: Props) {
  return (
    <li className={styles.row}>
      <StatusMenu current={task.status} columns={columns} onStatus={onStatus} />
      <Link className={styles.target} data-row href={`/p/${project.id}/${task.number}`}>
        <span className={styles.number}>{`${project.key}-${task.number}`}</span>
        <span className={styles.title} dir="auto" title={task.title}>
          {task.title}
        </span>
        {showsProject && (
          <span className={styles.project} dir="auto" title={project.name}>
            {project.name}
          </span>
        )}
        <span className={styles.priority}>{task.priority !== "none" && <PriorityIcon priority={task.priority} />}</span>
        <Due day={task.due_on ?? null} />
      </Link>
    </li>
  );
}

/** A day that has passed is red, and says so. */
function Due({ day }: { day: string | null }) {
  const clock = useClock();
  if (day === null) return <span className={styles.due} />;
  const overdue = day < clock.today;
  return (
    <time className={styles.due} dateTime={day} data-overdue={overdue || undefined} title={day}>
      {overdue ? `overdue, ${clock.day(day)}` : clock.day(day)}
    </time>
  );
}

interface StatusMenuProps {
  current: string;
  columns: Columns;
  onStatus(status: string): void;
}

function StatusMenu({ current, columns: { statuses, readOnly }, onStatus }: StatusMenuProps) {
  const status = statuses.find((one) => one.key === current);
  if (!status) return <span className={styles.unknown} />;
  const position = (key: string) => positionOf({ workflow: { statuses } }, key);
  if (readOnly) {
    return (
      <span className={styles.unknown}>
        <StatusIcon category={status.category} position={position(current)} label={status.name} />
      </span>
    );
  }
  return (
    <Menu
      trigger={
        <IconButton
          label={`Status: ${status.name}`}
          icon={<StatusIcon category={status.category} position={position(current)} />}
          tabIndex={-1}
        />
      }
      items={statuses.map(({ key, name, category }) => ({
        key,
        name,
        icon: <StatusIcon category={category} position={position(key)} />,
        checked: key === current,
        onSelect: () => {
          if (key !== current) onStatus(key);
        },
      }))}
    />
  );
}
