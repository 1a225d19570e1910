import type { Workflow } from "../../sync/model";
import { useProject } from "../../sync/react";
import { announce } from "../../ui/announce";
import { Section } from "../../ui/section";
import { AddLine } from "./add-line";
import { ColumnRow } from "./column-row";
import styles from "./settings.module.css";
import { useChanges } from "./use-changes";
import { useRights } from "./use-rights";
import { added, changed, MOST_STATUSES, moved, removed } from "./workflow";

/** The columns of the board: what they are called, what they mean, and in which order they stand. */
export function Columns() {
  const { workflow } = useProject();
  const { changes } = useRights();
  const { change, problem } = useChanges();
  const set = (next: Workflow) => void change({ type: "project.update", set: { workflow: next } });
  const { statuses } = workflow;
  const move = (key: string, places: number) => {
    const next = moved(workflow, key, places);
    const at = next.statuses.findIndex((status) => status.key === key);
    set(next);
    announce(`${next.statuses[at]?.name}, ${at + 1} of ${statuses.length}`);
  };
  return (
    <Section
      title="Columns"
      about="What a column means decides what a task in it blocks. The limit is shown, not enforced."
      problem={problem}
    >
      <ol className={styles.rows}>
        {statuses.map((status, index) => (
          <ColumnRow
            key={status.key}
            status={status}
            position={index}
            count={statuses.length}
            readOnly={!changes}
            onChange={(to) => set(changed(workflow, status.key, to))}
            onMove={(places) => move(status.key, places)}
            onRemove={() => set(removed(workflow, status.key))}
          />
        ))}
      </ol>
      {changes && statuses.length < MOST_STATUSES && (
        <AddLine label="New column" button="Add column" onAdd={(name) => set(added(workflow, name))} />
      )}
    </Section>
  );
}
