import { type KeyboardEvent, useRef, useState } from "react";
import { classes } from "./classes";
import styles from "./inline-edit.module.css";
import { isComposing } from "./keyboard";

interface InlineEditProps {
  value: string;
  /** What the text is: "Title". */
  label: string;
  onSave: (value: string) => void;
  placeholder?: string;
  /** An empty text is refused. */
  required?: boolean;
  readOnly?: boolean;
  maxLength?: number;
  className?: string | undefined;
}

interface InlineFieldProps {
  value: string;
  label: string;
  onSave: (value: string) => void;
  /** `byKey`: by Enter or Esc, so the focus is nowhere. */
  onEnd: (byKey: boolean) => void;
  placeholder?: string | undefined;
  required?: boolean | undefined;
  maxLength?: number | undefined;
  className?: string | undefined;
}

/** The field of a line that is being edited. */
export function InlineField(props: InlineFieldProps) {
  const { value, label, onSave, onEnd, required, className, ...field } = props;
  const [draft, setDraft] = useState(value);
  const ended = useRef(false);
  const end = (save: boolean, byKey: boolean) => {
    // Taking the field away is leaving it, too.
    if (ended.current) return;
    ended.current = true;
    const text = draft.trim();
    onEnd(byKey);
    if (save && text !== value && (text !== "" || !required)) onSave(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    end(event.key === "Enter", true);
  };
  return (
    <input
      {...field}
      className={classes(styles.text, styles.input, className)}
      aria-label={label}
      value={draft}
      dir="auto"
      // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here.
      autoFocus
      onChange={(event) => setDraft(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => end(true, false)}
    />
  );
}

/** One line that is edited where it stands: Enter and leaving it save, Esc restores. */
export function InlineEdit(props: InlineEditProps) {
  const { value, label, onSave, placeholder, required, readOnly, maxLength, className } = props;
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);

  if (readOnly)
    return (
      <span className={classes(styles.text, className)} dir="auto">
        {value || placeholder}
      </span>
    );

  if (!editing)
    return (
      <button
        ref={button}
        type="button"
        className={classes(styles.text, styles.button, className)}
        aria-label={value ? `${label}: ${value}. Edit` : `${label}: add`}
        onClick={() => setEditing(true)}
      >
        <span dir="auto" data-empty={value === "" || undefined} className={styles.value}>
          {value || placeholder}
        </span>
      </button>
    );
  const end = (byKey: boolean) => {
    setEditing(false);
    if (byKey) requestAnimationFrame(() => button.current?.focus());
  };
  return <InlineField {...{ value, label, onSave, placeholder, required, maxLength, className }} onEnd={end} />;
}
