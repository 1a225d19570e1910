import type { ComponentProps, ReactNode } from "react";
import { Button, type ButtonKind } from "../ui/button";
import { TextField } from "../ui/field";
import styles from "./forms.module.css";
import type { Submit } from "./use-submit";

interface InputProps extends Omit<ComponentProps<typeof TextField>, "onChange" | "value" | "error"> {
  name: string;
  value: string;
  onValue(value: string): void;
  submit: Submit;
}

/** A field of a form: what is wrong with it stands below it. */
export function Input({ value, onValue, submit, ...field }: InputProps) {
  return (
    <TextField
      {...field}
      value={value}
      onChange={(event) => onValue(event.target.value)}
      error={submit.faultOf(field.name)}
    />
  );
}

/** What went wrong, and the button, which is named by what it does. */
export function SubmitRow({ submit, kind = "primary", children }: SubmitRowProps) {
  return (
    <div className={styles.submit}>
      <p role="alert" className={styles.fault}>
        {submit.error}
      </p>
      <Button type="submit" kind={kind} aria-disabled={submit.pending}>
        {children}
      </Button>
    </div>
  );
}

interface SubmitRowProps {
  submit: Submit;
  kind?: ButtonKind;
  children: ReactNode;
}

interface CheckboxProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChecked(checked: boolean): void;
}

export function Checkbox({ label, hint, checked, onChecked }: CheckboxProps) {
  return (
    <label className={styles.checkbox}>
      <input type="checkbox" checked={checked} onChange={(event) => onChecked(event.target.checked)} />
      <span>
        {label}
        {hint === undefined ? null : <span className={styles.hint}>{hint}</span>}
      </span>
    </label>
  );
}

/** A button that stands in a sentence. */
export function TextButton({ onPress, children }: { onPress(): void; children: ReactNode }) {
  return (
    <button type="button" className={styles.link} onClick={onPress}>
      {children}
    </button>
  );
}
