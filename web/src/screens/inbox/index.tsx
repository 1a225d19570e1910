import { useState } from "react";
import { sentence } from "../../api/problem";
import { Button } from "../../ui/button";
import { Skeleton } from "../../ui/skeleton";
import { useTitle } from "../../words/use-title";
import { Empty } from "./empty";
import { Head } from "./head";
import styles from "./inbox.module.css";
import { type Row, rowsOf } from "./model";
import { type NameOf, useNames } from "./names";
import { type Filter, useInbox, useMark } from "./queries";
import { InboxRow } from "./row";
import { useRowKeys } from "./use-row-keys";

/** What one is told: one row for each task, the newest first. */
export function InboxScreen() {
  useTitle("Inbox");
  const [filter, setFilter] = useState<Filter>("all");
  const inbox = useInbox(filter);
  const items = inbox.data?.pages.flatMap((page) => page.items) ?? [];
  const rows = rowsOf(items);
  const nameOf = useNames(items.flatMap((one) => (one.project === null ? [] : [one.project.id])));
  const { mutate: mark, error } = useMark();
  const { list, focused, setFocused } = useRowKeys(rows, mark);
  return (
    <main className={styles.screen}>
      <Head filter={filter} onFilter={setFilter} newest={items[0]?.id ?? null} onMark={mark} />
      {error && (
        <p className={styles.problem} role="alert">
          Couldn't mark it. {sentence(error)}
        </p>
      )}
      {inbox.isLoadingError && (
        <p className={styles.problem} role="alert">
          Couldn't load your inbox. {sentence(inbox.error)}{" "}
          <Button onClick={() => void inbox.refetch()}>Try again</Button>
        </p>
      )}
      {inbox.isPending && <Skeleton label="Loading your inbox" rows={8} />}
      {inbox.isSuccess && rows.length === 0 && <Empty filter={filter} />}
      <ul ref={list} className={styles.list} aria-label="Inbox" aria-busy={inbox.isPending}>
        {rows.map((row, index) => (
          <InboxRow
            key={row.key}
            row={row}
            actor={actorOf(row, nameOf)}
            tabbable={index === focused}
            onFocus={() => setFocused(index)}
            onMark={mark}
          />
        ))}
      </ul>
      {inbox.hasNextPage && (
        <Button className={styles.more} disabled={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
          {inbox.isFetchingNextPage ? "Loading…" : "Show older"}
        </Button>
      )}
    </main>
  );
}

function actorOf({ newest: { project, actor } }: Row, nameOf: NameOf): string | null {
  return project === null || actor === null ? null : nameOf(project.id, actor);
}
