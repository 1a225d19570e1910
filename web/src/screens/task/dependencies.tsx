import Lock from "lucide-react/icons/lock";
import Plus from "lucide-react/icons/plus";
import { useState } from "react";
import { openBlockers } from "../../sync/fold/judge";
import type { Dependency, Id, Task } from "../../sync/model";
import { useEdges, useStore, useTopic } from "../../sync/react";
import { Button } from "../../ui/button";
import { Menu } from "../../ui/menu";
import { type PickerOption as Option, Picker } from "../../ui/picker";
import { taskName } from "../../words/tasks";
import { useTaskPlace } from "./context";
import styles from "./task.module.css";
import { TaskRow } from "./task-row";
import { findTasks } from "./text";

/** How another task stands to this one. */
export type Relation = "waits" | "blocks" | "relates";

const titles: Record<Relation, string> = { waits: "Waits for", blocks: "Blocks", relates: "Related to" };
const relations: readonly Relation[] = ["waits", "blocks", "relates"];

interface DependenciesProps {
  task: Task;
  adding: Relation | null;
  onAdding: (relation: Relation | null) => void;
}

export function Dependencies({ task, adding, onAdding }: DependenciesProps) {
  const { readOnly, run } = useTaskPlace();
  const edges = useEdges(task.id);
  if (edges.length === 0 && readOnly) return null;
  return (
    <section className={styles["part"]} aria-label="Dependencies">
      {relations.map((relation) => {
        const fitting = edges.filter((edge) => relationOf(edge, task.id) === relation);
        if (fitting.length === 0) return null;
        return (
          <div key={relation}>
            <h3 className={styles["heading"]}>
              {titles[relation]}
              {relation === "waits" && <Waiting task={task.id} />}
            </h3>
            <ul>
              {fitting.map((edge) => (
                <TaskRow
                  key={otherOf(edge, task.id)}
                  id={otherOf(edge, task.id)}
                  {...(readOnly
                    ? {}
                    : {
                        remove: `Remove from “${titles[relation]}”`,
                        onRemove: () => void run({ type: "dependency.remove", ...edge }),
                      })}
                />
              ))}
            </ul>
          </div>
        );
      })}
      {!readOnly && <Adding task={task} edges={edges} adding={adding} onAdding={onAdding} />}
    </section>
  );
}

/** How many of those it waits for are still open. */
function Waiting({ task }: { task: Id }) {
  // A blocker that is finished leaves the edges as they are.
  const open = useTopic(`task:${task}`, ({ view }) => openBlockers(view, task).length);
  if (open === 0) return null;
  return (
    <span className={styles["waiting"]}>
      <Lock aria-hidden /> {open} open
    </span>
  );
}

interface AddingProps extends DependenciesProps {
  edges: readonly Dependency[];
}

const most = 30;

function Adding({ task, edges, adding, onAdding }: AddingProps) {
  const { run } = useTaskPlace();
  const store = useStore();
  const [query, setQuery] = useState("");
  const same = edges.filter((edge) => relationOf(edge, task.id) === adding);
  const taken = new Set([task.id, ...same.map((edge) => otherOf(edge, task.id))]);
  const close = () => {
    onAdding(null);
    setQuery("");
  };
  const button = (
    <Button kind="quiet" icon={<Plus aria-hidden />}>
      Add a dependency
    </Button>
  );
  if (adding === null) {
    const items = relations.map((relation) => ({
      key: relation,
      name: titles[relation],
      onSelect: () => onAdding(relation),
      ...(relation === "waits" ? { shortcut: "B" } : {}),
    }));
    return <Menu trigger={button} items={items} />;
  }
  const { project } = store.view;
  const options: Option[] = findTasks(store, query, most + taken.size)
    .filter(({ id }) => !taken.has(id))
    .slice(0, most)
    .map((other) => ({ value: other.id, name: other.title, hint: taskName(project, other) }));
  return (
    <Picker
      label={`${titles[adding]} …`}
      placeholder="Number or title"
      trigger={<Button kind="quiet">{titles[adding]} …</Button>}
      options={options}
      chosen={[]}
      open
      onOpenChange={(open) => !open && close()}
      onQuery={setQuery}
      onPick={(other) => {
        close();
        void run(commandOf(adding, task.id, other));
      }}
    />
  );
}

function commandOf(relation: Relation, task: Id, other: Id) {
  const type = "dependency.add" as const;
  if (relation === "relates") return { type, task, on: other, kind: "relates" as const };
  const [waiting, on] = relation === "waits" ? [task, other] : [other, task];
  return { type, task: waiting, on, kind: "blocks" as const };
}

function relationOf(edge: Dependency, task: Id): Relation {
  if (edge.kind === "relates") return "relates";
  return edge.task === task ? "waits" : "blocks";
}

const otherOf = (edge: Dependency, task: Id): Id => (edge.task === task ? edge.on : edge.task);
