import { type ReactNode, useEffect, useRef, useState } from "react";
import { fetchMarkdown } from "../../markdown";
import { draftKey } from "../../sync/drafts";
import type { Id, Task } from "../../sync/model";
import { useProject, useStore, useTask } from "../../sync/react";
import { InlineEdit } from "../../ui/inline-edit";
import { taskName } from "../../words/tasks";
import { useTitle } from "../../words/use-title";
import { useMark } from "../inbox/queries";
import { useActions } from "../project/actions";
import { Away } from "./away";
import { Composer } from "./composer";
import { TaskPlaceContext, useNewTaskPlace, useTaskPlace } from "./context";
import { Dependencies, type Relation } from "./dependencies";
import { Description } from "./description";
import { Header } from "./header";
import { Properties, type PropertyName } from "./properties";
import { Refusal } from "./refusal";
import { Subtasks } from "./subtasks";
import styles from "./task.module.css";
import { putAway, taskActions } from "./task-actions";
import { Timeline } from "./timeline";
import { useHeard } from "./use-heard";
import { useKeptFocus } from "./use-kept-focus";
import { useTaskKeys } from "./use-task-keys";
import { WhoElse } from "./who-else";

interface TaskPanelProps {
  /** `null`: there is none with the number of the address. */
  id: Id | null;
  number?: number | null;
  onClose: () => void;
}

/** Everything about a task. How wide it is decides how it is laid out: beside the board, or as a page. */
export function TaskPanel({ id, number = null, onClose }: TaskPanelProps) {
  return (
    <TaskPlaceContext value={useNewTaskPlace()}>
      <Shown id={id ?? ""} number={number} onClose={onClose} />
    </TaskPlaceContext>
  );
}

function Shown({ id, number, onClose }: { id: Id; number: number | null; onClose: () => void }) {
  const task = useTask(id);
  const last = useRef(0);
  useEffect(() => {
    if (task) last.current = task.number;
  }, [task]);
  const [page, setPage] = useState(false);
  const panel = (shown: Task, notice: ReactNode) => (
    <Panel key={shown.id} task={shown} notice={notice} page={page} onPage={setPage} onClose={onClose} />
  );
  if (task) return panel(task, null);
  return <Away number={number ?? last.current} onClose={onClose} panel={panel} />;
}

interface PanelProps {
  task: Task;
  /** Said above everything of the task. */
  notice: ReactNode;
  page: boolean;
  onPage: (page: boolean) => void;
  onClose: () => void;
}

function Panel({ task, notice, page, onPage, onClose }: PanelProps) {
  const { readOnly, run, runApart } = useTaskPlace();
  const project = useProject();
  const store = useStore();
  const panel = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const showLast = () =>
    requestAnimationFrame(() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }));
  const [open, setOpen] = useState<PropertyName | null>(null);
  const [adding, setAdding] = useState<Relation | null>(null);
  const [asked, setAsked] = useState(0);
  const keys = useTaskKeys(task, readOnly, {
    open: setOpen,
    addBlocker: () => setAdding("waits"),
    edit: () => setAsked(asked + 1),
    close: onClose,
  });
  useActions("open", () => {
    if (readOnly) return [];
    const name = taskName(project, task);
    const own = taskActions(name, setOpen, putAway(store, task, runApart, onClose));
    const block = { key: "task-block", name: `What ${name} waits for`, shortcut: "B", run: () => setAdding("waits") };
    const write = { key: "task-edit", name: `Description of ${name}`, shortcut: "E", run: () => setAsked(asked + 1) };
    return [...own, block, write];
  });
  useKeptFocus(panel);
  useRead(task.id);
  useHeard(task.id);
  useTitle(`${taskName(project, task)} ${task.title}`);
  useEffect(() => {
    panel.current?.focus({ preventScroll: true });
    fetchMarkdown();
  }, []);
  return (
    <section
      ref={panel}
      className={styles["panel"]}
      data-page={page || undefined}
      aria-label={`${taskName(project, task)} ${task.title}`}
      // It takes the focus when it opens, so that its keys work.
      tabIndex={-1}
      onKeyDown={keys}
    >
      <Header task={task} page={page} onPage={onPage} onClose={onClose} />
      {notice}
      <Refusal />
      <div className={styles["scroll"]} ref={scroller}>
        <div className={styles["content"]}>
          <h2 className={styles["title"]}>
            <InlineEdit
              label="Title"
              value={task.title}
              required
              maxLength={500}
              readOnly={readOnly}
              onSave={(title) => void run({ type: "task.update", task: task.id, set: { title } })}
            />
          </h2>
          <WhoElse task={task.id} />
          <Properties task={task} open={open} onOpen={setOpen} />
          <div className={styles["text"]}>
            {!store.lacksText(task.id) && <Description task={task} asked={asked} />}
            <Subtasks task={task} />
            <Dependencies task={task} adding={adding} onAdding={setAdding} />
            <Timeline task={task} />
          </div>
        </div>
      </div>
      {!readOnly && (
        // Below what scrolls, so that nothing that others do moves it.
        <footer className={styles["composer"]}>
          <Composer draftKey={draftKey(task.id, "comment")} task={task.id} onSent={showLast} />
        </footer>
      )}
    </section>
  );
}

/** What one is told of a task that one looks at is read. */
function useRead(task: Id): void {
  const { mutate } = useMark();
  useEffect(() => mutate({ tasks: [task] }), [task, mutate]);
}
