import { useVirtualizer } from "@tanstack/react-virtual";
import ChevronRight from "lucide-react/icons/chevron-right";
import { memo, useMemo, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import type { People } from "../../../people/people";
import { usePeopleHere } from "../../../people/use-people";
import type { Id, Status, Task } from "../../../sync/model";
import { useProject, useStore, useTask, useTopic } from "../../../sync/react";
import { AvatarStack } from "../../../ui/avatar";
import { Chip } from "../../../ui/chip";
import { PriorityIcon } from "../../../ui/priority-icon";
import { Select } from "../../../ui/select";
import { StatusIcon } from "../../../ui/status-icon";
import { isOpen, statusOf, taskName } from "../../../words/tasks";
import { useClock } from "../../../words/use-clock";
import { DueDate } from "../board/due-date";
import { useSight } from "../filter/use-sight";
import styles from "./list.module.css";
import { inOrder, type Order, readOrder, rowsOf } from "./rows";

const rowHeight = 34;

const orderNames: Record<Order, string> = {
  hand: "By hand",
  priority: "Priority",
  due: "Due date",
  updated: "Last change",
  number: "Number",
};

/** The project as a list, grouped by status. */
export function List({ onOpen }: { onOpen: (task: Task) => void }) {
  const rows = useRows();
  const people = usePeopleHere();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  return (
    <div className={styles.scroller} ref={scroller}>
      <OrderChoice />
      <div className={styles.rows} style={{ blockSize: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows.list[index];
          return (
            <div key={index} className={styles.row} style={{ transform: `translateY(${start}px)` }}>
              {row?.kind === "head" && <Head {...row} onToggle={() => rows.toggle(row.status.key)} />}
              {row?.kind === "task" && <TaskRow id={row.id} people={people} onOpen={onOpen} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function useRows() {
  const store = useStore();
  const sight = useSight();
  const { statuses } = useProject().workflow;
  const order = readOrder(useSearch());
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(() => new Set(["done", "cancelled"]));
  const shownAt = useTopic("tasks", (project) => project.view);
  const list = useMemo(() => {
    const groups = statuses.map((status) => {
      const ids = sight.column(store, status.key);
      return { status, ids: inOrder(ids, order, (id) => shownAt.task(id)) };
    });
    return rowsOf(groups, collapsed);
  }, [store, statuses, sight, order, shownAt, collapsed]);
  const toggle = (key: string) => {
    const next = new Set(collapsed);
    if (!next.delete(key)) next.add(key);
    setCollapsed(next);
  };
  return { list, toggle };
}

function OrderChoice() {
  const [path, go] = useLocation();
  const search = useSearch();
  const choose = (order: Order) => {
    const next = new URLSearchParams(search);
    if (order === "hand") next.delete("sort");
    else next.set("sort", order);
    go(`${path}?${next}`, { replace: true });
  };
  const options = Object.entries(orderNames).map(([value, name]) => ({ value: value as Order, name }));
  return (
    <div className={styles.order}>
      <Select label="Order" hideLabel options={options} value={readOrder(search)} onChange={choose} />
    </div>
  );
}

interface HeadProps {
  readonly status: Status;
  readonly count: number;
  readonly collapsed: boolean;
  readonly onToggle: () => void;
}

function Head({ status, count, collapsed, onToggle }: HeadProps) {
  return (
    <h2 className={styles.head}>
      <button type="button" className={styles.toggle} aria-expanded={!collapsed} onClick={onToggle}>
        <ChevronRight aria-hidden className={styles.chevron} />
        <StatusIcon category={status.category} />
        <span dir="auto">{status.name}</span>
        <span className={styles.count}>{count.toLocaleString()}</span>
      </button>
    </h2>
  );
}

interface TaskRowProps {
  readonly id: Id;
  readonly people: People;
  readonly onOpen: (task: Task) => void;
}

const TaskRow = memo(function TaskRow({ id, people, onOpen }: TaskRowProps) {
  const task = useTask(id);
  const project = useProject();
  const clock = useClock();
  if (!task) return null;
  const status = statusOf(project, task.status);
  const labels = project.labels.filter((label) => task.labels.includes(label.key));
  return (
    <button type="button" className={styles.task} onClick={() => onOpen(task)}>
      {status && <StatusIcon category={status.category} label={status.name} />}
      <span className={styles.number}>{taskName(project, task)}</span>
      <PriorityIcon priority={task.priority} />
      <span className={styles.title} dir="auto" title={task.title}>
        {task.title}
      </span>
      <span className={styles.labels}>
        {labels.map((label) => (
          <Chip key={label.key} name={label.name} color={label.color} />
        ))}
      </span>
      <AvatarStack
        label="Assigned to"
        people={task.assignees.map((user) => ({ id: user, name: people.label(user) }))}
      />
      <span className={styles.due}>
        {task.due_on && <DueDate day={task.due_on} done={!isOpen(status?.category)} />}
      </span>
      <time className={styles.updated} dateTime={task.updated_at} title={clock.exactly(task.updated_at)}>
        {clock.ago(task.updated_at)}
      </time>
    </button>
  );
});
