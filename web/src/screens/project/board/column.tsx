import { useVirtualizer } from "@tanstack/react-virtual";
import Plus from "lucide-react/icons/plus";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Id, Status } from "../../../sync/model";
import { useColumn, useProject, useStore, useTopic } from "../../../sync/react";
import { Button, IconButton } from "../../../ui/button";
import { StatusIcon } from "../../../ui/status-icon";
import { countWords, isOpen } from "../../../words/tasks";
import { useInSight, usePassing, useSight } from "../filter/use-sight";
import { Card } from "./card";
import styles from "./column.module.css";
import { useBoard } from "./context";
import { CreateLine } from "./create-line";
import { useDrag } from "./drag";
import { recentlyDone, type Today } from "./recent";
import { forbidden } from "./rules";

interface ColumnProps {
  readonly status: Status;
  readonly today: Today;
  /** The reader does not want to see it while nothing is in it. */
  readonly hidesEmpty: boolean;
  readonly menu: ReactNode;
  /** What is said below its cards. */
  readonly hint: ReactNode;
}

export function Column({ status, today, hidesEmpty, menu, hint }: ColumnProps) {
  const all = useColumn(status.key);
  const store = useStore();
  const { mayEdit, create } = useBoard();
  const [whole, setWhole] = useState(false);
  const [creating, setCreating] = useState(false);
  useEffect(() => {
    create.set(status.key, () => setCreating(true));
    return () => void create.delete(status.key);
  }, [create, status.key]);
  const { isWhole } = useSight();
  const inSight = useInSight(status.key);
  const count = countWords(usePassing(status.key), all.length);
  const shown = whole || isOpen(status.category) || !isWhole ? inSight : recentlyDone(store, inSight, today);
  if (hidesEmpty && all.length === 0 && !creating) return null;
  const heading = `${status.name}, ${count} ${all.length === 1 ? "task" : "tasks"}`;
  return (
    <section className={styles.column} aria-label={heading} data-status={status.key}>
      <Header status={status} count={count} isOver={status.limit != null && all.length > status.limit}>
        {menu}
        {mayEdit && (
          <IconButton
            size="small"
            label={`Create a task in ${status.name}`}
            shortcut="C"
            icon={<Plus aria-hidden />}
            onClick={() => setCreating(true)}
          />
        )}
      </Header>
      <Cards status={status} ids={shown} label={heading}>
        {shown.length < inSight.length && (
          <Button onClick={() => setWhole(true)}>Show all {all.length.toLocaleString()}</Button>
        )}
        {creating && <CreateLine status={status.key} onEnd={() => setCreating(false)} />}
        {!creating && hint}
      </Cards>
    </section>
  );
}

interface HeaderProps {
  readonly status: Status;
  readonly count: string;
  /** More tasks are in it than its limit. */
  readonly isOver: boolean;
  readonly children: ReactNode;
}

function Header({ status, count, isOver, children }: HeaderProps) {
  const active = useProject().workflow.statuses.filter((other) => other.category === "active");
  return (
    <header className={styles.header}>
      <StatusIcon category={status.category} position={{ k: active.indexOf(status) + 1, n: active.length }} />
      <h2 className={styles.name} dir="auto" title={status.name} tabIndex={-1}>
        {status.name}
      </h2>
      <span className={styles.count} data-over={isOver || undefined}>
        {count}
        {status.limit != null && ` / ${status.limit}`}
      </span>
      <span className={styles.actions}>{children}</span>
    </header>
  );
}

interface CardsProps {
  readonly status: Status;
  readonly ids: readonly Id[];
  readonly label: string;
  readonly children: ReactNode;
}

function Cards({ status, ids, label, children }: CardsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 88,
    getItemKey: (index) => ids[index] ?? index,
    overscan: 6,
  });
  const { reveal } = useBoard();
  useEffect(() => {
    reveal.set(status.key, (id) => {
      const index = ids.indexOf(id);
      if (index >= 0) rows.scrollToIndex(index);
    });
    return () => void reveal.delete(status.key);
  }, [reveal, status.key, ids, rows]);
  const { reason, line } = useDropHere(status);
  return (
    <div
      className={styles.scroller}
      ref={scroller}
      data-column={status.key}
      data-scroll
      data-forbidden={reason !== null || undefined}
    >
      {reason !== null && reason !== "" && <p className={styles.reason}>{reason}</p>}
      <div className={styles.cards} data-cards style={{ blockSize: rows.getTotalSize() }}>
        <ul className={styles.list} aria-label={label}>
          {rows.getVirtualItems().map((row) => (
            <li
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              className={styles.row}
              style={{ transform: `translateY(${row.start}px)` }}
              aria-setsize={ids.length}
              aria-posinset={row.index + 1}
            >
              <Card id={ids[row.index] ?? ""} />
            </li>
          ))}
        </ul>
        {line !== null && reason === null && (
          <div className={styles.line} style={{ transform: `translateY(${line - 4}px)` }} />
        )}
      </div>
      {children}
    </div>
  );
}

/** Why the dragged card may not come here (`null`: it may), and where it would land. */
function useDropHere(status: Status): { reason: string | null; line: number | null } {
  const { dragging } = useBoard();
  const dragged = useDrag(dragging, (drag) => drag?.task ?? null);
  const line = useDrag(dragging, (drag) => (drag?.place?.status === status.key ? drag.place.line : null));
  const reason = useTopic(`task:${dragged ?? ""}`, (store) => {
    const task = dragged === null ? undefined : store.task(dragged);
    return task ? forbidden(store.view, task, status) : null;
  });
  return { reason, line };
}
