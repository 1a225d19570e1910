import type { operations } from "../../api/schema";

export type Page = operations["inbox.list"]["responses"][200]["content"]["application/json"];
export type Notification = Page["items"][number];
export type Cause = Notification["cause"];

/** What is told of one task, as one line: the newest cause, and how much there is. */
export interface Row {
  readonly key: string;
  readonly newest: Notification;
  /** All rows of the server that it stands for, newest first. */
  readonly ids: readonly number[];
  readonly count: number;
  readonly unread: boolean;
  /** What else of it is meant for the reader, and is not the newest. */
  readonly also: readonly Cause[];
}

const personal: readonly Cause[] = ["assigned", "mentioned", "replied"];

/**
 * One row for each task, where its newest notification is. Nothing is told of projects that the reader is not in any more, so
 * neighbours of that kind are one row. Others that are of no task stay by themselves.
 */
export function rowsOf(items: readonly Notification[]): Row[] {
  const rows = new Map<string, Row>();
  let before: Row | null = null;
  for (const one of items) {
    const key: string = before !== null && isGone(one) && isGone(before.newest) ? before.key : keyOf(one);
    const known = rows.get(key);
    before = known === undefined ? first(key, one) : grown(known, one);
    rows.set(key, before);
  }
  return [...rows.values()];
}

const isGone = (one: Notification): boolean => one.project === null;

const keyOf = ({ id, task }: Notification): string => (task === null ? `n${id}` : task.id);

const first = (key: string, newest: Notification): Row => ({
  key,
  newest,
  ids: [newest.id],
  count: newest.count,
  unread: newest.unread,
  also: [],
});

/** What is unread counts alone, as long as there is some. */
function grown(row: Row, one: Notification): Row {
  const count = row.unread && !one.unread ? row.count : one.unread && !row.unread ? one.count : row.count + one.count;
  return { ...row, ids: [...row.ids, one.id], count, unread: row.unread || one.unread, also: alsoOf(row, one) };
}

function alsoOf({ newest, also, unread }: Row, { cause, unread: isUnread }: Notification): readonly Cause[] {
  const isTold = cause === newest.cause || also.includes(cause);
  return isTold || !personal.includes(cause) || (unread && !isUnread) ? also : [...also, cause];
}
