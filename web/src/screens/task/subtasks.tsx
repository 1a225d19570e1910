import Plus from "lucide-react/icons/plus";
import { type KeyboardEvent, useState } from "react";
import { newId } from "../../new-id";
import type { Id, Task } from "../../sync/model";
import { useProject, useStore, useTopic } from "../../sync/react";
import type { ProjectStore } from "../../sync/store";
import { compare } from "../../sync/tables";
import { Button } from "../../ui/button";
import { isComposing } from "../../ui/keyboard";
import { isOpen, statusOf } from "../../words/tasks";
import { useTaskPlace } from "./context";
import styles from "./task.module.css";
import { TaskRow } from "./task-row";

export function Subtasks({ task }: { task: Task }) {
  const { readOnly } = useTaskPlace();
  const store = useStore();
  const project = useProject();
  const [adding, setAdding] = useState(false);
  // Drawn again when a subtask comes, goes, moves or gets another state; what else it shows is its row's business.
  useTopic(`task:${task.id}`, (from) =>
    childrenOf(from, task.id)
      .map(({ id, status }) => `${id} ${status}`)
      .join(),
  );
  const children = childrenOf(store, task.id);
  const done = children.filter((child) => !isOpen(statusOf(project, child.status)?.category)).length;
  if (children.length === 0 && readOnly) return null;
  return (
    <section className={styles["part"]} aria-label="Subtasks">
      <h3 className={styles["heading"]}>
        Subtasks
        {children.length > 0 && (
          <span className={styles["count"]}>
            {done} of {children.length} done
          </span>
        )}
      </h3>
      <ul>
        {children.map((child) => (
          <TaskRow key={child.id} id={child.id} />
        ))}
      </ul>
      {adding ? (
        <NewSubtask parent={task.id} onEnd={() => setAdding(false)} />
      ) : (
        !readOnly && (
          <Button kind="quiet" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
            Add a subtask
          </Button>
        )
      )}
    </section>
  );
}

function childrenOf(store: ProjectStore, id: Id): Task[] {
  return [...store.children(id)].flatMap((child) => store.task(child) ?? []).sort((a, b) => compare(a.rank, b.rank));
}

function NewSubtask({ parent, onEnd }: { parent: Id; onEnd: () => void }) {
  const { run } = useTaskPlace();
  const [title, setTitle] = useState("");
  const keyDown = (event: KeyboardEvent) => {
    if (isComposing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    const text = title.trim();
    if (event.key === "Escape" || text === "") {
      onEnd();
      return;
    }
    setTitle("");
    void run({ type: "task.create", id: newId(), title: text, parent });
  };
  return (
    <input
      className={styles["line"]}
      aria-label="Title of the subtask"
      placeholder="Title; Enter adds it, Esc ends"
      dir="auto"
      maxLength={500}
      value={title}
      // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here.
      autoFocus
      onChange={(event) => setTitle(event.target.value)}
      onKeyDown={keyDown}
      onBlur={() => title.trim() === "" && onEnd()}
    />
  );
}
