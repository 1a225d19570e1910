import { useCallback, useState } from "react";
import { useProject, useStore } from "../../../sync/react";
import { StatusIcon } from "../../../ui/status-icon";
import { positionOf, statusOf } from "../../../words/tasks";
import { CreateLine } from "../board/create-line";
import type { Selection } from "../selection";
import styles from "./list.module.css";
import type { Row } from "./rows";

interface Create {
  /** The column that a task is being created in. */
  readonly status: string | null;
  /** Opens the line for it: in the column of the selected row, else in the first one. */
  readonly begin: () => void;
  readonly end: () => void;
}

export function useCreate(rows: readonly Row[], selection: Selection): Create {
  const store = useStore();
  const [first] = useProject().workflow.statuses;
  const [status, setStatus] = useState<string | null>(null);
  const begin = useCallback(() => {
    const row = rows.find(({ key }) => key === selection.current());
    const task = row?.kind === "task" ? store.task(row.id) : undefined;
    setStatus(task?.status ?? first?.key ?? null);
  }, [rows, selection, store, first]);
  const end = useCallback(() => setStatus(null), []);
  return { status, begin, end };
}

/** The line above the list, and which column it creates tasks in. */
export function Creating({ status: key, onEnd }: { status: string; onEnd: () => void }) {
  const project = useProject();
  const status = statusOf(project, key);
  if (!status) return null;
  return (
    <div className={styles.creating}>
      <StatusIcon category={status.category} position={positionOf(project, key)} />
      <span className={styles.into} dir="auto">
        {status.name}
      </span>
      <CreateLine status={key} onEnd={onEnd} />
    </div>
  );
}
