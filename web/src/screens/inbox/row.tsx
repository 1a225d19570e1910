import { Circle, CircleCheck } from "lucide-react";
import { Link } from "wouter";
import { useClock } from "../../words/use-clock";
import { addressOf } from "./address";
import styles from "./inbox.module.css";
import type { Row } from "./model";
import type { Mark } from "./queries";
import { causeWords, reason } from "./words";

interface Props {
  row: Row;
  actor: string | null;
  tabbable: boolean;
  onFocus(): void;
  onMark(mark: Mark): void;
}

/** One task, or one project, of which something is told. */
export function InboxRow({ row, actor, tabbable, onFocus, onMark }: Props) {
  const clock = useClock();
  const { newest, unread } = row;
  const address = addressOf(newest);
  const tabIndex = tabbable ? 0 : -1;
  const at = newest.updated_at;
  return (
    <li className={styles.row} data-unread={unread || undefined} onFocus={onFocus}>
      <span className={styles.dot} role="img" aria-label={unread ? "Unread" : "Read"} />
      {address === null ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: J and K stop at it, because it can be marked as read.
        <div className={styles.target} data-row tabIndex={tabIndex}>
          <Text row={row} actor={actor} />
        </div>
      ) : (
        <Link
          className={styles.target}
          data-row
          href={address}
          tabIndex={tabIndex}
          title={reason[newest.cause]}
          onClick={() => unread && onMark(markOf(row, false))}
        >
          <Text row={row} actor={actor} />
        </Link>
      )}
      <time className={styles.time} dateTime={at} title={clock.exactly(at)}>
        {clock.ago(at)}
      </time>
      <button
        type="button"
        className={styles.mark}
        title={unread ? "Mark as read (E)" : "Mark as unread (U)"}
        aria-label={unread ? "Mark as read" : "Mark as unread"}
        onClick={() => onMark(markOf(row, !unread))}
      >
        {unread ? <CircleCheck size={16} strokeWidth={1.5} /> : <Circle size={16} strokeWidth={1.5} />}
      </button>
    </li>
  );
}

/** Reading is about the whole task, because it shows all of it. Unread again is the newest cause alone. */
export function markOf({ newest, ids }: Row, unread: boolean): Mark {
  if (unread) return { ids: ids.slice(0, 1), unread };
  return newest.task === null ? { ids: [...ids], unread } : { tasks: [newest.task.id], unread };
}

function Text({ row, actor }: { row: Row; actor: string | null }) {
  const { newest, count } = row;
  const { project, task, cause, comment } = newest;
  if (project === null)
    return <span className={styles.title}>You are no longer in this project, or it was deleted.</span>;
  return (
    <>
      {task === null ? (
        <span className={styles.title}>{project.name}</span>
      ) : (
        <span className={styles.title} dir="auto">
          <span className={styles.number}>{`${project.key}-${task.number}`}</span> {task.title}
          {task.deleted && <span className={styles.note}> · deleted</span>}
        </span>
      )}
      <span className={styles.cause}>{causeWords({ cause, comment, count, ofTask: task !== null }, actor)}</span>
      <span className={styles.project}>{project.name}</span>
    </>
  );
}
