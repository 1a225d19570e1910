import { useState } from "react";
import { InlineEdit } from "../../ui/inline-edit";
import { Property } from "./property-list";
import styles from "./task.module.css";

interface NumberPropertyProps {
  label: string;
  value: number | null;
  readOnly: boolean;
  onSet: (value: number | null) => void;
}

export function NumberProperty({ label, value, readOnly, onSet }: NumberPropertyProps) {
  const [wrong, setWrong] = useState(false);
  const save = (text: string) => {
    const number = text === "" ? null : Number(text.replace(",", "."));
    const isWrong = number !== null && !Number.isFinite(number);
    setWrong(isWrong);
    if (!isWrong) onSet(number);
  };
  return (
    <Property label={label}>
      <InlineEdit
        label={label}
        value={value === null ? "" : String(value)}
        placeholder="None"
        readOnly={readOnly}
        className={styles["inline"]}
        onSave={save}
      />
      {wrong && <p className={styles["wrong"]}>That is not a number.</p>}
    </Property>
  );
}
