import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import styles from "./auth.module.css";
import type { Submit } from "./use-submit";

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value"> {
  label: string;
  name: string;
  value: string;
  onValue(value: string): void;
  submit: Submit;
  hint?: string;
}

export function TextField({ label, value, onValue, submit, hint, ...input }: TextFieldProps) {
  const id = useId();
  const fault = submit.faultOf(input.name);
  const note = fault ?? hint;
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        aria-invalid={fault !== null}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
      />
      {note === undefined ? null : (
        <p id={`${id}-note`} className={fault === null ? styles["hint"] : styles["fault"]}>
          {note}
        </p>
      )}
    </div>
  );
}

/** The end of a form: what went wrong, and the button. */
export function SubmitRow({ submit, children }: { submit: Submit; children: ReactNode }) {
  return (
    <>
      <p role="alert" className={styles["fault"]}>
        {submit.error}
      </p>
      <button type="submit" className={styles["primary"]} aria-disabled={submit.pending}>
        {children}
      </button>
    </>
  );
}
