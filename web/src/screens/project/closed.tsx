import { useEffect, useState } from "react";
import { Link } from "wouter";
import { drafts, type LeftDraft } from "../../sync/drafts";
import type { Id } from "../../sync/model";
import type { ProjectStore } from "../../sync/store";
import { Button } from "../../ui/button";
import { copyText } from "../../ui/copy-text";
import { EmptyState } from "../../ui/empty-state";
import { taskName } from "../../words/tasks";
import { useTitle } from "../../words/use-title";
import { NotHere } from "../not-here";
import styles from "./closed.module.css";
import { PlainHeader } from "./plain-header";

interface ClosedProps {
  readonly project: Id;
  /** What was open here until a moment ago. */
  readonly seen: ProjectStore | null;
}

/** A project that one may not see, or not any more. What somebody was writing in it is theirs to copy, also after a reload. */
export function Closed({ project, seen }: ClosedProps) {
  const begun = useLeft(project);
  useEffect(() => {
    if (seen) leave(seen);
  }, [seen]);
  const name = seen?.view.project.name ?? begun[0]?.name;
  return (
    <>
      <PlainHeader />
      {name === undefined ? <NotHere /> : <Removed name={name} />}
      {begun.length > 0 && <Begun begun={begun} />}
    </>
  );
}

function leave({ view }: ProjectStore): void {
  const { id, name } = view.project;
  for (const task of view.tasks()) {
    drafts.leave(task.id, { project: id, name, task: `${taskName(view.project, task)} ${task.title}` });
  }
  // Somebody may well reload the page now.
  drafts.save();
}

function useLeft(project: Id): readonly LeftDraft[] {
  const [left, setLeft] = useState(() => drafts.leftOf(project));
  useEffect(() => {
    const look = () => setLeft(drafts.leftOf(project));
    look();
    return drafts.on("left", look);
  }, [project]);
  return left;
}

function Removed({ name }: { name: string }) {
  useTitle("Not here");
  return (
    <main>
      <EmptyState
        title={`You can't see ${name} any more`}
        text="You were removed from it, or it was deleted. Its owners know."
        action={<Link href="/projects">Your projects</Link>}
      />
    </main>
  );
}

function Begun({ begun }: { begun: readonly LeftDraft[] }) {
  return (
    <section className={styles.begun} aria-label="What you were writing">
      <h2 className={styles.title}>What you were writing</h2>
      <ul className={styles.texts}>
        {begun.map(({ key, task, text }) => (
          <li key={key} className={styles.text}>
            <p className={styles.task} dir="auto">
              {task}
            </p>
            <p className={styles.words} dir="auto">
              {text}
            </p>
            <span className={styles.actions}>
              <Button onClick={() => void copyText(text)}>Copy the text</Button>
              <Button kind="quiet" onClick={() => drafts.discard(key)}>
                Discard
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
