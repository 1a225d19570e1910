import { useId } from "react";
import styles from "./account.module.css";
import type { Option } from "./options";

interface ChoiceProps {
  label: string;
  hint?: string;
  value: string;
  options: Option[];
  onChoose(value: string): void;
}

/** A choice of hundreds: the browser's own list, which is typed into and made for fingers. */
export function Choice({ label, hint, value, options, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChoose(event.target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
