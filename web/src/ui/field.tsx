import { type ComponentPropsWithRef, type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { classes } from "./classes";
import styles from "./field.module.css";

interface FieldTexts {
  label: string;
  /** The name is heard only, where its place says it to the eye. */
  hideLabel?: boolean;
  hint?: ReactNode;
  error?: ReactNode;
}

interface Described {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

interface FieldProps extends FieldTexts {
  id: string | undefined;
  className: string | undefined;
  children: (described: Described) => ReactNode;
}

function Field({ label, hideLabel, hint, error, id, className, children }: FieldProps) {
  const own = useId();
  const field = id ?? own;
  const hintId = `${field}-hint`;
  const errorId = `${field}-error`;
  const describedBy = classes(hint ? hintId : false, error ? errorId : false) || undefined;
  return (
    <div className={classes(styles.field, className)}>
      <label htmlFor={field} className={hideLabel ? styles.hidden : styles.label}>
        {label}
      </label>
      {children({ id: field, "aria-describedby": describedBy, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p id={hintId} className={styles.hint}>
          {hint}
        </p>
      )}
      <p id={errorId} className={styles.error} role="alert">
        {error}
      </p>
    </div>
  );
}

export type TextFieldProps = FieldTexts & Omit<ComponentPropsWithRef<"input">, "children">;

export function TextField({ label, hideLabel, hint, error, className, id, ...rest }: TextFieldProps) {
  const texts = { label, hint, error, ...(hideLabel === undefined ? {} : { hideLabel }) };
  return (
    <Field {...texts} id={id} className={className}>
      {(described) => <input className={styles.input} dir="auto" {...rest} {...described} />}
    </Field>
  );
}

export type TextAreaProps = FieldTexts & { minRows?: number } & Omit<ComponentPropsWithRef<"textarea">, "children">;

const growsItself = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

/** Grows with its text: by CSS where the browser can, else by measuring. */
export function TextArea({ label, hideLabel, hint, error, className, id, minRows = 3, ref, ...rest }: TextAreaProps) {
  const texts = { label, hint, error, ...(hideLabel === undefined ? {} : { hideLabel }) };
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element || growsItself) return;
    element.style.blockSize = "auto";
    element.style.blockSize = `${element.scrollHeight + 2}px`;
  });
  const hold = (element: HTMLTextAreaElement | null) => {
    area.current = element;
    if (typeof ref === "function") return ref(element);
    if (ref) ref.current = element;
  };
  return (
    <Field {...texts} id={id} className={className}>
      {(described) => (
        <textarea
          ref={hold}
          rows={minRows}
          className={classes(styles.input, styles.area)}
          style={{ minBlockSize: `${minRows * 22 + 12}px` }}
          dir="auto"
          {...rest}
          {...described}
        />
      )}
    </Field>
  );
}
