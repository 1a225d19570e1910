import Circle from "lucide-react/icons/circle";
import CircleCheck from "lucide-react/icons/circle-check";
import { Link } from "wouter";
import { IconButton } from "../../ui/button";
import { useClock } from "../../words/use-clock";
import { addressOf } from "./address";
import styles from "./inbox.module.css";
import type { Row } from "./model";
import type { Mark } from "./queries";
import { causeWords, goneWords, reason } from "./words";

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
        // J and K stop here too, because it can be marked as read.
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
      <IconButton
        label={unread ? "Mark as read" : "Mark as unread"}
        shortcut={unread ? "E" : "U"}
        icon={unread ? <CircleCheck aria-hidden /> : <Circle aria-hidden />}
        onClick={() => onMark(markOf(row, !unread))}
      />
    </li>
  );
}

/** As many the server takes at once. */
const MOST_IDS = 200;

/** Reading is about the whole task, because it shows all of it. Unread again is the newest cause alone. */
export function markOf({ newest, ids }: Row, unread: boolean): Mark {
  if (unread) return { ids: ids.slice(0, 1), unread };
  return newest.task === null ? { ids: ids.slice(0, MOST_IDS), unread } : { tasks: [newest.task.id], unread };
}

function Text({ row, actor }: { row: Row; actor: string | null }) {
  const { newest, ids, count, also } = row;
  const { project, task, cause, comment } = newest;
  if (project === null) return <span className={styles.title}>{goneWords(ids.length)}</span>;
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
      <span className={styles.cause}>{causeWords({ cause, comment, count, ofTask: task !== null, also }, actor)}</span>
      <span className={styles.project}>{project.name}</span>
    </>
  );
}
