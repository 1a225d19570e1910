import type { ReactNode } from "react";
import { Select } from "../../ui/select";
import styles from "./settings.module.css";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; name: string; icon?: ReactNode }[];
  readOnly: boolean;
  onChange(value: T): void;
}

/** A choice in a row: as wide as the one below it, and only its words where nothing can be chosen. */
export function RowSelect<T extends string>({ label, value, options, readOnly, onChange }: Props<T>) {
  const current = options.find((option) => option.value === value);
  return (
    <div className={styles.pick}>
      {readOnly ? (
        <span className={styles.quiet}>{current?.name}</span>
      ) : (
        <Select label={label} hideLabel value={value} options={options} onChange={onChange} />
      )}
    </div>
  );
}
