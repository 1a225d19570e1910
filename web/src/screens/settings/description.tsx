import { useState } from "react";
import { Button } from "../../ui/button";
import { TextArea } from "../../ui/field";
import { isComposing } from "../../ui/keyboard";
import styles from "./settings.module.css";

interface Props {
  value: string;
  onSave(text: string): Promise<boolean>;
}

/** Several lines: leaving the field keeps what was typed, until it is saved or discarded. */
export function Description({ value, onSave }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const changed = draft !== null && draft !== value;
  const save = async () => {
    if (changed && (await onSave(draft))) setDraft(null);
  };
  return (
    <div className={styles.stack}>
      <TextArea
        label="Description"
        hint="Markdown. Ctrl or ⌘ with Enter saves."
        value={draft ?? value}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isComposing(event)) void save();
        }}
      />
      {changed && (
        <div className={styles.buttons}>
          <Button kind="primary" onClick={() => void save()}>
            Save
          </Button>
          <Button onClick={() => setDraft(null)}>Discard</Button>
        </div>
      )}
    </div>
  );
}
