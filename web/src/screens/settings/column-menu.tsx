import Ellipsis from "lucide-react/icons/ellipsis";
import { useRef, useState } from "react";
import type { Status, Workflow } from "../../sync/model";
import { useColumn, useProject } from "../../sync/react";
import { announce } from "../../ui/announce";
import { IconButton } from "../../ui/button";
import { Menu, type MenuEntry } from "../../ui/menu";
import { StatusIcon } from "../../ui/status-icon";
import { toast } from "../../ui/toast";
import { ColumnPopover, type Editing } from "./column-popover";
import { useChanges } from "./use-changes";
import { useDoneCards } from "./use-done-cards";
import { useRights } from "./use-rights";
import { CATEGORIES } from "./words";
import { added, changed, moved, removed, type StatusChange } from "./workflow";

interface Props {
  status: Status;
  /** Which columns the reader hides while nothing is in them. The board keeps it. */
  hiding: Hiding;
}

interface Hiding {
  keys: readonly string[];
  set(status: string, hides: boolean): void;
}

/** What can be done with a column, at its head on the board. */
export function ColumnMenu({ status, hiding }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const edits = useColumnEdits(status.key);
  const items = useEntries(status, edits, setEditing);
  const done = useDoneCards(status);
  return (
    <>
      <Menu
        trigger={
          <IconButton ref={button} size="small" label={`Column ${status.name}`} icon={<Ellipsis aria-hidden />} />
        }
        items={[...done.entries, ...items, { key: "view", separator: true }, hideEntry(status, hiding)]}
        align="end"
      />
      <ColumnPopover
        anchor={button}
        editing={editing}
        status={status}
        onClose={() => setEditing(null)}
        onChange={edits.change}
        onAdd={edits.add}
      />
      {done.dialog}
    </>
  );
}

function hideEntry({ key }: Status, { keys, set }: Hiding): MenuEntry {
  const checked = keys.includes(key);
  return { key: "hide", name: "Hide while empty", checked, onSelect: () => set(key, !checked) };
}

interface ColumnEdits {
  change(to: StatusChange): void;
  add(name: string): void;
  move(places: number): void;
  remove(): void;
}

function useColumnEdits(key: string): ColumnEdits {
  const { workflow } = useProject();
  const { change } = useChanges((problem) => toast.show({ text: problem, refused: true }));
  const set = (next: Workflow) => void change({ type: "project.update", set: { workflow: next } });
  return {
    change: (to) => set(changed(workflow, key, to)),
    add: (name) => set(added(workflow, name, key)),
    remove: () => set(removed(workflow, key)),
    move: (places) => {
      const next = moved(workflow, key, places);
      const at = next.statuses.findIndex((status) => status.key === key);
      set(next);
      announce(`${next.statuses[at]?.name}, ${at + 1} of ${next.statuses.length}`);
    },
  };
}

function useEntries(status: Status, edits: ColumnEdits, edit: (what: Editing) => void): MenuEntry[] {
  const { statuses } = useProject().workflow;
  const count = useColumn(status.key).length;
  const { changes, reason } = useRights();
  if (!changes) return [{ key: "reason", heading: reason ?? "" }];
  const at = statuses.findIndex((other) => other.key === status.key);
  return [
    { key: "rename", name: "Rename…", onSelect: () => edit("name") },
    { key: "limit", name: "Limit…", hint: status.limit ?? "none", onSelect: () => edit("limit") },
    {
      key: "category",
      name: "Means",
      items: CATEGORIES.map(({ value, name }) => ({
        key: value,
        name,
        icon: <StatusIcon category={value} />,
        checked: value === status.category,
        onSelect: () => edits.change({ category: value }),
      })),
    },
    { key: "places", separator: true },
    { key: "left", name: "Move left", disabled: at === 0, onSelect: () => edits.move(-1) },
    { key: "right", name: "Move right", disabled: at === statuses.length - 1, onSelect: () => edits.move(1) },
    { key: "add", name: "Add a column after it…", onSelect: () => edit("add") },
    {
      key: "remove",
      name: "Remove the column",
      danger: true,
      disabled: count > 0 || statuses.length === 1,
      hint: count > 0 ? "not empty" : undefined,
      onSelect: edits.remove,
    },
  ];
}
