import { useDeferredValue, useState } from "react";
import { Link } from "wouter";
import { sentence } from "../../../api/problem";
import type { People } from "../../../people/people";
import { usePeopleHere } from "../../../people/use-people";
import { useMe } from "../../../session/use-session";
import { useProject, useStore, useSubmit } from "../../../sync/react";
import { Button } from "../../../ui/button";
import { EmptyState } from "../../../ui/empty-state";
import { TextField } from "../../../ui/field";
import { Skeleton } from "../../../ui/skeleton";
import { toast } from "../../../ui/toast";
import { explain } from "../../../words/problems";
import { taskName } from "../../../words/tasks";
import { useClock } from "../../../words/use-clock";
import { useRights } from "../../settings/use-rights";
import styles from "./archive.module.css";
import { type ArchivedTask, useArchive } from "./queries";

/** The archived tasks of a project, to be searched, read and brought back. */
export function Archive() {
  const [text, setText] = useState("");
  const words = useDeferredValue(text).trim();
  const tasks = useArchive(words);
  const people = usePeopleHere();
  const items = tasks.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <main className={styles.screen}>
      <header className={styles.head}>
        <h2>Archived tasks</h2>
        <TextField
          label="Search the archive"
          hideLabel
          type="search"
          placeholder="Search the archive"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </header>
      {tasks.isLoadingError && (
        <p role="alert">
          Couldn't load the archive. {sentence(tasks.error)}{" "}
          <Button onClick={() => void tasks.refetch()}>Try again</Button>
        </p>
      )}
      {tasks.isPending && <Skeleton label="Loading the archive" rows={8} />}
      {tasks.isSuccess && items.length === 0 && <Nothing words={words} />}
      <ul className={styles.list} aria-label="Archived tasks">
        {items.map((task) => (
          <Row key={task.id} task={task} people={people} />
        ))}
      </ul>
      {tasks.hasNextPage && (
        <Button disabled={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>
          {tasks.isFetchingNextPage ? "Loading…" : "Show more"}
        </Button>
      )}
    </main>
  );
}

function Nothing({ words }: { words: string }) {
  if (words !== "") return <EmptyState title="Nothing found" text="No archived task has all of these words." />;
  return (
    <EmptyState
      title="Nothing is archived"
      text="Archive what is done from its menu, or a whole column from the column's menu. It can be brought back from here."
    />
  );
}

function Row({ task, people }: { task: ArchivedTask; people: People }) {
  const project = useProject();
  const { labels: edits } = useRights();
  const clock = useClock();
  const bringBack = useBringBack();
  const { archived_at: at, archived_by: by } = task;
  return (
    <li className={styles.row}>
      <span className={styles.number}>{taskName(project, task)}</span>
      <Link className={styles.title} href={`/p/${project.id}/${task.number}`} title={task.title} dir="auto">
        {task.title}
      </Link>
      {at && by && (
        <span className={styles.fact}>
          {people.label(by)},{" "}
          <time dateTime={at} title={clock.exactly(at)}>
            {clock.ago(at)}
          </time>
        </span>
      )}
      {edits && (
        <Button aria-label={`Bring ${taskName(project, task)} back`} onClick={() => bringBack(task)}>
          Bring back
        </Button>
      )}
    </li>
  );
}

function useBringBack(): (task: ArchivedTask) => void {
  const store = useStore();
  const submit = useSubmit();
  const people = usePeopleHere();
  const me = useMe().id;
  return (task) => {
    const command = { type: "task.unarchive", task: task.id } as const;
    void submit(command).then(([outcome]) => {
      if (outcome?.kind === "refused") {
        const { text } = explain(outcome.problem, { view: store.view, people, me, command });
        toast.show({ text, refused: true });
        return;
      }
      const undo = () => void submit({ type: "task.archive", task: task.id });
      toast.show({ text: `${taskName(store.view.project, task)} is back.`, action: { name: "Undo", onSelect: undo } });
    });
  };
}
