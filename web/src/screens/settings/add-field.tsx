import Plus from "lucide-react/icons/plus";
import { type FormEvent, useState } from "react";
import type { FieldOption, FieldType } from "../../sync/model";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Select } from "../../ui/select";
import styles from "./settings.module.css";
import { FIELD_TYPES } from "./words";
import { keyFor } from "./workflow";

interface Props {
  /** `options` is `null` for a type that has none. */
  onAdd(name: string, type: FieldType, options: readonly FieldOption[] | null): void;
}

export function AddField({ onAdd }: Props) {
  const [name, setName] = useState("");
  const [type, setType] = useState<FieldType>("text");
  const [list, setList] = useState("");
  const isList = type === "select" || type === "multi_select";
  const options = optionsOf(list);
  const complete = name.trim() !== "" && (!isList || options.length > 0);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!complete) return;
    onAdd(name.trim(), type, isList ? options : null);
    setName("");
    setList("");
  };
  return (
    <form className={styles.addLine} onSubmit={add}>
      <TextField
        label="New field"
        hideLabel
        placeholder="New field"
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.target.value)}
      />
      <Select label="Type" hideLabel value={type} options={FIELD_TYPES} onChange={setType} />
      {isList && (
        <TextField
          label="Options"
          hideLabel
          placeholder="Options: Small, Medium, Large"
          value={list}
          onChange={(event) => setList(event.target.value)}
        />
      )}
      <Button type="submit" icon={<Plus aria-hidden />} disabled={!complete}>
        Add field
      </Button>
    </form>
  );
}

/** "Small, Medium" as options. */
function optionsOf(list: string): FieldOption[] {
  const options: FieldOption[] = [];
  for (const text of list.split(",")) {
    const name = text.trim();
    const keys = options.map((option) => option.key);
    if (name !== "") options.push({ key: keyFor(name, keys, "option"), name });
  }
  return options;
}
