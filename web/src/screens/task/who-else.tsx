import { useMe } from "../../session/use-session";
import type { Id } from "../../sync/model";
import { useAt, useSay } from "../../sync/react";
import { listWords } from "../../words/tasks";
import { useTaskPlace } from "./context";
import styles from "./who-else.module.css";

/** Who else looks at the task. Being here tells them too. */
export function WhoElse({ task }: { task: Id }) {
  const me = useMe().id;
  const { people } = useTaskPlace();
  const others = useAt(task, me);
  useSay(task, null);
  if (others.length === 0) return null;
  const names = listWords(others.map((id) => people.name(id)));
  return (
    <p className={styles.others}>
      {names} {others.length === 1 ? "is" : "are"} here too
    </p>
  );
}

/** Who types in a field just now; while `writing`, the others are told of oneself. */
export function WhoWrites({ task, field, writing }: { task: Id; field: string; writing: boolean }) {
  const me = useMe().id;
  const { people } = useTaskPlace();
  const others = useAt(task, me, field);
  const names = listWords(others.map((id) => people.name(id)));
  return (
    <>
      {writing && <Writing task={task} field={field} />}
      {others.length > 0 && (
        <p className={styles.others} role="status">
          {names} {others.length === 1 ? "is" : "are"} writing
        </p>
      )}
    </>
  );
}

/** Tells the others that one writes in a field. */
export function Writing({ task, field }: { task: Id; field: string }) {
  useSay(task, field);
  return null;
}
