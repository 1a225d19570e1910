import { useState } from "react";
import { Link } from "wouter";
import { drafts } from "../../sync/drafts";
import type { ProjectStore } from "../../sync/store";
import { Button } from "../../ui/button";
import { copyText } from "../../ui/copy-text";
import { EmptyState } from "../../ui/empty-state";
import { taskName } from "../../words/tasks";
import { useTitle } from "../../words/use-title";
import styles from "./closed.module.css";

/** Somebody was removed, or the project deleted, while it was open here. What they were writing is theirs to copy. */
export function Closed({ store }: { store: ProjectStore }) {
  const { project } = store.view;
  const [begun] = useState(() =>
    [...store.view.tasks()].flatMap((task) => drafts.textsOf(task.id).map((text) => ({ task, text }))),
  );
  useTitle("Not here");
  return (
    <main>
      <EmptyState
        title={`You can't see ${project.name} any more`}
        text="You were removed from it, or it was deleted. Its owners know."
        action={<Link href="/projects">Your projects</Link>}
      />
      {begun.length > 0 && (
        <section className={styles.begun} aria-label="What you were writing">
          <h2 className={styles.title}>What you were writing</h2>
          <ul className={styles.texts}>
            {begun.map(({ task, text }) => (
              <li key={`${task.id} ${text}`} className={styles.text}>
                <p className={styles.task} dir="auto">
                  {taskName(project, task)} {task.title}
                </p>
                <p className={styles.words} dir="auto">
                  {text}
                </p>
                <Button onClick={() => void copyText(text)}>Copy the text</Button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}
