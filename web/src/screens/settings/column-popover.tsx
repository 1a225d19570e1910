import { type FormEvent, type RefObject, useState } from "react";
import type { Status } from "../../sync/model";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Popover } from "../../ui/popover";
import styles from "./settings.module.css";
import { limitFault, limitOf, type StatusChange } from "./workflow";

/** Which text of a column is asked for. */
export type Editing = "name" | "limit" | "add";

const TITLES: Record<Editing, string> = { name: "Rename the column", limit: "Limit", add: "New column" };

interface Props {
  anchor: RefObject<HTMLElement | null>;
  editing: Editing | null;
  status: Status;
  onClose(): void;
  onChange(change: StatusChange): void;
  onAdd(name: string): void;
}

export function ColumnPopover({ anchor, editing, status, onClose, onChange, onAdd }: Props) {
  const save = (text: string) => {
    onClose();
    if (editing === "name" && text !== status.name) onChange({ name: text });
    if (editing === "limit") onChange({ limit: limitOf(text) });
    if (editing === "add") onAdd(text);
  };
  return (
    <Popover
      anchor={anchor.current}
      open={editing !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={editing === null ? "" : TITLES[editing]}
      align="end"
    >
      {editing !== null && <TextForm key={editing} editing={editing} status={status} onSave={save} />}
    </Popover>
  );
}

interface TextFormProps {
  editing: Editing;
  status: Status;
  onSave(text: string): void;
}

function TextForm({ editing, status, onSave }: TextFormProps) {
  const isLimit = editing === "limit";
  const [text, setText] = useState(editing === "name" ? status.name : isLimit && status.limit ? `${status.limit}` : "");
  const fault = isLimit ? limitFault(text.trim()) : null;
  const complete = fault === null && (isLimit || text.trim() !== "");
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (complete) onSave(text.trim());
  };
  return (
    <form className={styles.stack} onSubmit={save}>
      <TextField
        label={isLimit ? "Tasks at most" : "Name"}
        hint={isLimit ? "Shown at the column's head, not enforced. Empty is no limit." : undefined}
        error={fault}
        value={text}
        maxLength={isLimit ? 6 : 200}
        inputMode={isLimit ? "numeric" : "text"}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
      />
      <div className={styles.buttons}>
        <Button type="submit" kind="primary" disabled={!complete}>
          {editing === "add" ? "Add" : "Save"}
        </Button>
      </div>
    </form>
  );
}
