import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo } from "react";
import { api, ok } from "../../api/client";
import type { Id, Moment, Task } from "../../sync/model";
import { useStore } from "../../sync/react";
import { Button } from "../../ui/button";
import { movesOffOrOntoBoard } from "../../words/events";
import { useClock } from "../../words/use-clock";
import { TaskPlaceContext, useTaskPlace } from "./context";
import { Missing } from "./missing";
import styles from "./task.module.css";

interface Archived {
  readonly task: Task;
  readonly at: Moment;
  readonly by: Id;
}

interface AwayProps {
  number: number;
  onClose: () => void;
  /** Shows an archived task, with what is said above it. */
  panel: ShowPanel;
}

type ShowPanel = (task: Task, notice: ReactNode) => ReactNode;

/** The page of a task that is not on the board: archived, deleted, or never there. */
export function Away({ number, onClose, panel }: AwayProps) {
  const store = useStore();
  const { data, isPending, refetch } = useQuery({
    queryKey: ["away", store.id, number],
    queryFn: () => find(store.id, number),
    staleTime: 0,
  });
  useEffect(() => store.onEvent(({ type }) => void (movesOffOrOntoBoard(type) && refetch())), [store, refetch]);
  if (isPending) return null;
  if (!data) return <Missing number={number} onClose={onClose} />;
  return <ReadOnly archived={data} panel={panel} />;
}

/** Everything of it, to be read. */
function ReadOnly({ archived, panel }: { archived: Archived; panel: ShowPanel }) {
  const place = useTaskPlace();
  const clock = useClock();
  const { task, at, by } = archived;
  const readOnly = useMemo(() => ({ ...place, readOnly: true }), [place]);
  const bringBack = () => void place.run({ type: "task.unarchive", task: task.id });
  const notice = (
    <div className={styles["notice"]}>
      <p>
        Archived by {place.people.label(by)}, <time dateTime={at}>{clock.dayOf(at)}</time>
      </p>
      {!place.readOnly && <Button onClick={bringBack}>Bring back</Button>}
    </div>
  );
  return <TaskPlaceContext value={readOnly}>{panel(task, notice)}</TaskPlaceContext>;
}

/** Asked of the list, because a task that is not there is no error here. */
async function find(project: Id, number: number): Promise<Archived | null> {
  const params = { path: { project }, query: { archived: true, number: [number] } };
  const [shown] = (await ok(api.GET("/api/v1/projects/{project}/tasks", { params }))).items;
  if (!shown?.archived_at || !shown.archived_by) return null;
  return { task: shown as Task, at: shown.archived_at, by: shown.archived_by };
}
