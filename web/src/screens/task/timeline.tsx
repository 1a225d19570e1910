import { useEffect, useState } from "react";
import type { Task } from "../../sync/model";
import { useProject, useStore } from "../../sync/react";
import { Button } from "../../ui/button";
import { Skeleton } from "../../ui/skeleton";
import { useClock } from "../../words/use-clock";
import { type Activity, activityWords } from "./activity-words";
import { CommentThread } from "./comment";
import { useTaskPlace } from "./context";
import styles from "./task.module.css";
import type { Thread } from "./threads";
import { useActivity, useThreads } from "./use-timeline";
import { WhoWrites } from "./who-else";

type Shown = "comments" | "all";

type Entry =
  | { readonly kind: "thread"; readonly thread: Thread }
  | { readonly kind: "activity"; readonly activity: Activity; readonly words: string };

/** Comments, and what happened to the task, in one line of time. */
export function Timeline({ task }: { task: Task }) {
  const [shown, setShown] = useState<Shown>("comments");
  const { state, threads, retry } = useThreads(task.id);
  const activity = useActivity(task.id, shown === "all");
  const entries = useEntries(task, threads, activity.items, shown);
  useMarked(state === "ready");
  const { readOnly, role } = useTaskPlace();
  const { archived } = useProject();
  const why = role === "viewer" ? "You are a viewer here." : "The task is archived.";
  return (
    <section className={styles["part"]} aria-label="Comments and activity">
      <div className={styles["switch"]}>
        {(["comments", "all"] as const).map((which) => (
          <button key={which} type="button" aria-pressed={shown === which} onClick={() => setShown(which)}>
            {which === "comments" ? "Comments" : "All"}
          </button>
        ))}
      </div>
      {shown === "all" && activity.more && (
        <Button kind="quiet" onClick={activity.more}>
          Show older
        </Button>
      )}
      {state === "failed" && (
        <p className={styles["draft"]}>
          The comments couldn't be loaded.
          <Button kind="quiet" onClick={retry}>
            Try again
          </Button>
        </p>
      )}
      {shown === "all" && activity.failed && <p className={styles["draft"]}>The activity couldn't be loaded.</p>}
      {state === "loading" && task.comment_count > 0 && <Skeleton label="Loading comments" rows={2} />}
      <ol className={styles["timeline"]}>
        {entries.map((entry) =>
          entry.kind === "thread" ? (
            <CommentThread key={entry.thread.comment.id} thread={entry.thread} task={task} />
          ) : (
            <Line key={entry.activity.version} activity={entry.activity} words={entry.words} />
          ),
        )}
      </ol>
      {readOnly && (
        <p className={styles["note"]}>{archived ? "The project is archived." : why} Nothing can be written.</p>
      )}
      {!readOnly && <WhoWrites task={task.id} field="comment" writing={false} />}
    </section>
  );
}

function useEntries(task: Task, threads: readonly Thread[], activity: readonly Activity[], shown: Shown): Entry[] {
  const { people } = useTaskPlace();
  const { view } = useStore();
  const { day } = useClock();
  const entries: Entry[] = threads.map((thread) => ({ kind: "thread", thread }));
  if (shown === "comments") return entries;
  for (const one of activity) {
    const words = activityWords(one, { view, people, task: task.id, day });
    if (words !== null) entries.push({ kind: "activity", activity: one, words });
  }
  return entries.sort((a, b) => versionOf(a) - versionOf(b));
}

/** Pending comments have no version yet and stand last. */
function versionOf(entry: Entry): number {
  if (entry.kind === "activity") return entry.activity.version;
  return entry.thread.comment.created_version || Number.POSITIVE_INFINITY;
}

function Line({ activity, words }: { activity: Activity; words: string }) {
  const { people } = useTaskPlace();
  const clock = useClock();
  return (
    <li className={styles["activity"]}>
      <span dir="auto">
        <b>{people.label(activity.actor)}</b> {words}
      </span>{" "}
      <time dateTime={activity.at} title={clock.exactly(activity.at)}>
        {clock.ago(activity.at)}
      </time>
    </li>
  );
}

/** Scrolls to the comment that the address names. */
function useMarked(ready: boolean): void {
  useEffect(() => {
    const id = /^#(c-[0-9a-f-]{36})$/.exec(location.hash)?.[1];
    const comment = ready && id ? document.getElementById(id) : null;
    if (!comment) return;
    comment.dataset["marked"] = "";
    comment.scrollIntoView({ block: "center" });
  }, [ready]);
}
