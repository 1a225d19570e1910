import { useQuery } from "@tanstack/react-query";
import Eye from "lucide-react/icons/eye";
import EyeOff from "lucide-react/icons/eye-off";
import { useEffect } from "react";
import { api, ok } from "../../api/client";
import { queries } from "../../api/query";
import type { Id, Task } from "../../sync/model";
import { useStore } from "../../sync/react";
import { Button } from "../../ui/button";
import { useTaskPlace } from "./context";
import { Property } from "./property-list";
import styles from "./task.module.css";

const keyOf = (project: Id, task: Id) => ["watching", project, task] as const;

/** Whether one follows the task. Every role may, in an archived project too. */
export function Watching({ task }: { task: Task }) {
  const { run, me } = useTaskPlace();
  const store = useStore();
  const path = { project: store.id, task: task.id };
  const { data: watching } = useQuery({
    queryKey: keyOf(store.id, task.id),
    queryFn: async () => (await ok(api.GET("/api/v1/projects/{project}/tasks/{task}", { params: { path } }))).watching,
    enabled: task.number > 0,
  });
  // Who comments or is assigned follows by themselves; only their own wishes are events.
  useEffect(
    () =>
      store.onEvent((event) => {
        const concerns = event.data.task === task.id && (event.actor === me || event.type === "task.updated");
        if (concerns) void queries.invalidateQueries({ queryKey: keyOf(store.id, task.id) });
      }),
    [store, task.id, me],
  );
  if (watching === undefined) return null;
  const toggle = async () => {
    queries.setQueryData(keyOf(store.id, task.id), !watching);
    await run({ type: watching ? "task.unwatch" : "task.watch", task: task.id });
    void queries.invalidateQueries({ queryKey: keyOf(store.id, task.id) });
  };
  return (
    <Property label="Watching">
      <Button
        kind="quiet"
        className={styles["value"]}
        aria-pressed={watching}
        icon={watching ? <Eye aria-hidden /> : <EyeOff aria-hidden />}
        title={
          watching
            ? "You are told what happens here. Click to stop."
            : "You are not told what happens here. Click to follow."
        }
        onClick={() => void toggle()}
      >
        {watching ? "Yes" : "No"}
      </Button>
    </Property>
  );
}
