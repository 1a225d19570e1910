import { useQuery } from "@tanstack/react-query";
import X from "lucide-react/icons/x";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { api, ok } from "../../api/client";
import type { Id } from "../../sync/model";
import { useProject, useStore } from "../../sync/react";
import { Button, IconButton } from "../../ui/button";
import { useClock } from "../../words/use-clock";
import { useTaskPlace } from "./context";
import { Refusal } from "./refusal";
import styles from "./task.module.css";

interface Gone {
  readonly id: Id;
  readonly title: string;
  readonly actor: Id | null;
  readonly at: string | null;
}

/** The page of a task that is not there: deleted, by whom, or never there. */
export function Missing({ number, onClose }: { number: number; onClose: () => void }) {
  const store = useStore();
  const project = useProject();
  const { people, readOnly, run } = useTaskPlace();
  const clock = useClock();
  const name = `${project.key}-${number}`;
  const { data, isPending, refetch } = useQuery({
    queryKey: ["gone", store.id, number],
    queryFn: () => find(store.id, number),
    staleTime: 0,
  });
  useEffect(() => store.onEvent((event) => void (event.type === "task.deleted" && refetch())), [store, refetch]);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // The task that had the focus was deleted by somebody else.
    if (document.activeElement === document.body) section.current?.focus({ preventScroll: true });
  }, []);
  const key = (event: KeyboardEvent) => event.key === "Escape" && !event.defaultPrevented && onClose();
  return (
    <section ref={section} className={styles["missing"]} aria-label={name} tabIndex={-1} onKeyDown={key}>
      <header className={styles["header"]}>
        <span className={styles["number"]}>{name}</span>
        <IconButton label="Close" shortcut="Escape" icon={<X aria-hidden />} onClick={onClose} />
      </header>
      <Refusal />
      {!isPending && (
        <div className={styles["gone"]}>
          <h2>Not here any more</h2>
          {data ? (
            <>
              <p dir="auto">
                {data.title ? `“${data.title}” was deleted` : "It was deleted"}
                {data.actor && ` by ${people.label(data.actor)}`}
                {data.at && `, ${clock.ago(data.at)}`}.
              </p>
              {!readOnly && (
                <Button kind="primary" onClick={() => void run({ type: "task.restore", task: data.id })}>
                  Bring back
                </Button>
              )}
            </>
          ) : (
            <p>There is no {name} in this project.</p>
          )}
        </div>
      )}
    </section>
  );
}

async function find(project: Id, number: number): Promise<Gone | null> {
  const path = { project };
  const page = await ok(
    api.GET("/api/v1/projects/{project}/tasks", { params: { path, query: { deleted: true, number: [number] } } }),
  );
  const task = page.items[0];
  if (!task) return null;
  const log = await ok(
    api.GET("/api/v1/projects/{project}/activity", { params: { path, query: { task: task.id, limit: 10 } } }),
  );
  const deletion = log.items.find(({ type }) => type === "task.deleted");
  return { id: task.id, title: task.title, actor: deletion?.actor ?? null, at: deletion?.at ?? null };
}
