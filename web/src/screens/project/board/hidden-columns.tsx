import { useProject, useTopic } from "../../../sync/react";
import { Button } from "../../../ui/button";
import { Menu } from "../../../ui/menu";
import { StatusIcon } from "../../../ui/status-icon";
import { positionOf } from "../../../words/tasks";
import type { HideEmpty } from "./hide-empty";

/** The way back to the columns that are not shown because nothing is in them. */
export function HiddenColumns({ hiding }: { hiding: HideEmpty }) {
  const project = useProject();
  // Keys have no spaces. A text is equal while nothing changed.
  const empty = useTopic("tasks", (store) => hiding.keys.filter((key) => store.column(key).length === 0).join(" "));
  const keys = empty.split(" ");
  const hidden = project.workflow.statuses.filter((status) => keys.includes(status.key));
  if (hidden.length === 0) return null;
  return (
    <Menu
      trigger={
        <Button kind="quiet">{hidden.length === 1 ? "1 hidden column" : `${hidden.length} hidden columns`}</Button>
      }
      items={hidden.map(({ key, name, category }) => ({
        key,
        name: `Show ${name}`,
        icon: <StatusIcon category={category} position={positionOf(project, key)} />,
        onSelect: () => hiding.set(key, false),
      }))}
      align="end"
    />
  );
}
