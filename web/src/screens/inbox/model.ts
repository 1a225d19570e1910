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
}

/** One row for each task, where its newest notification is. What is not of a task stays by itself. */
export function rowsOf(items: readonly Notification[]): Row[] {
  const rows = new Map<string, Row>();
  for (const one of items) {
    const key = one.task === null ? `n${one.id}` : one.task.id;
    const row = rows.get(key);
    rows.set(key, row === undefined ? first(key, one) : grown(row, one));
  }
  return [...rows.values()];
}

const first = (key: string, newest: Notification): Row => ({
  key,
  newest,
  ids: [newest.id],
  count: newest.count,
  unread: newest.unread,
});

/** What is unread counts alone, as long as there is some. */
function grown(row: Row, one: Notification): Row {
  const count = row.unread && !one.unread ? row.count : one.unread && !row.unread ? one.count : row.count + one.count;
  return { ...row, ids: [...row.ids, one.id], count, unread: row.unread || one.unread };
}
