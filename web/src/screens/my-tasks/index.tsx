import { useState } from "react";
import { sentence } from "../../api/problem";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Select } from "../../ui/select";
import { Skeleton } from "../../ui/skeleton";
import { toast } from "../../ui/toast";
import { firstWeekday } from "../../words/days";
import { useClock } from "../../words/use-clock";
import { useTitle } from "../../words/use-title";
import { useListKeys } from "../use-list-keys";
import { byDue, byProject, type Group } from "./group";
import styles from "./my-tasks.module.css";
import { type ColumnsOf, type MyTask, useColumns, useMyTasks, useSetStatus } from "./queries";
import { refusalWords } from "./refusals";
import { TaskRow } from "./row";

const ORDERS = [
  { value: "due", name: "By due date" },
  { value: "project", name: "By project" },
] as const;
type Order = (typeof ORDERS)[number]["value"];

/** What one is assigned to and is not finished, in all projects. */
export function MyTasksScreen() {
  useTitle("My tasks");
  const [order, setOrder] = useState<Order>("due");
  const tasks = useMyTasks();
  const items = tasks.data?.pages.flatMap((page) => page.items) ?? [];
  const groups = useGroups(items, order);
  const columnsOf = useColumns(items.map(({ project }) => project.id));
  const list = useListKeys();
  const move = useMove();
  return (
    <main className={styles.screen}>
      <header className={styles.head}>
        <h1>My tasks</h1>
        <Select label="Group" hideLabel value={order} options={ORDERS} onChange={setOrder} />
      </header>
      {tasks.isLoadingError && (
        <p className={styles.problem} role="alert">
          Couldn't load your tasks. {sentence(tasks.error)}{" "}
          <Button onClick={() => void tasks.refetch()}>Try again</Button>
        </p>
      )}
      {tasks.isPending && <Skeleton label="Loading your tasks" rows={8} />}
      {tasks.isSuccess && items.length === 0 && (
        <EmptyState
          title="Nothing to do"
          text="Tasks that are assigned to you come here, from all your projects, until they are finished."
        />
      )}
      <div ref={list}>
        {groups.map((group) => (
          <GroupOf key={group.key} group={group} showsProject={order === "due"} columnsOf={columnsOf} onStatus={move} />
        ))}
      </div>
      {tasks.hasNextPage && (
        <Button className={styles.more} disabled={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>
          {tasks.isFetchingNextPage ? "Loading…" : "Show more"}
        </Button>
      )}
    </main>
  );
}

/** Puts a task into another column, and says why not when it is refused. */
function useMove(): (one: MyTask, status: string) => void {
  const { mutate } = useSetStatus();
  return ({ project, task }, status) =>
    mutate(
      { project: project.id, task: task.id, status },
      {
        onSuccess: (problem) => {
          if (problem) toast.show({ text: refusalWords(problem, project.key, task.number), refused: true });
        },
      },
    );
}

function useGroups(items: readonly MyTask[], order: Order): Group[] {
  const { today, locale } = useClock();
  return order === "due" ? byDue(items, today, firstWeekday(locale)) : byProject(items);
}

interface GroupProps {
  group: Group;
  showsProject: boolean;
  columnsOf: ColumnsOf;
  onStatus(task: MyTask, status: string): void;
}

function GroupOf({ group, showsProject, columnsOf, onStatus }: GroupProps) {
  return (
    <section aria-label={group.name}>
      <h2 className={styles.group} data-overdue={group.key === "overdue" || undefined}>
        {group.name} <span className={styles.count}>{group.items.length}</span>
      </h2>
      <ul>
        {group.items.map((one) => (
          <TaskRow
            key={one.task.id}
            one={one}
            showsProject={showsProject}
            columns={columnsOf(one.project.id)}
            onStatus={(status) => onStatus(one, status)}
          />
        ))}
      </ul>
    </section>
  );
}
