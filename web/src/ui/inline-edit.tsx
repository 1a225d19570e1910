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

/** One line that is edited where it stands: Enter and leaving it save, Esc restores. */
export function InlineEdit(props: InlineEditProps) {
  const { value, label, onSave, placeholder, required, readOnly, maxLength, className } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);

  if (readOnly)
    return (
      <span className={classes(styles.text, className)} dir="auto">
        {value || placeholder}
      </span>
    );

  const end = (save: boolean) => {
    const text = draft?.trim() ?? value;
    setDraft(null);
    if (save && text !== value && (text !== "" || !required)) onSave(text);
  };
  const endByKey = (event: KeyboardEvent, save: boolean) => {
    event.preventDefault();
    event.stopPropagation();
    end(save);
    requestAnimationFrame(() => button.current?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "Enter") endByKey(event, true);
    if (event.key === "Escape") endByKey(event, false);
  };

  if (draft === null)
    return (
      <button
        ref={button}
        type="button"
        className={classes(styles.text, styles.button, className)}
        aria-label={value ? `${label}: ${value}. Edit` : `${label}: add`}
        onClick={() => setDraft(value)}
      >
        <span dir="auto" data-empty={value === "" || undefined} className={styles.value}>
          {value || placeholder}
        </span>
      </button>
    );
  return (
    <input
      className={classes(styles.text, styles.input, className)}
      aria-label={label}
      value={draft}
      placeholder={placeholder}
      maxLength={maxLength}
      dir="auto"
      // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here.
      autoFocus
      onChange={(event) => setDraft(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => end(true)}
    />
  );
}
