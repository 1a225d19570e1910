import { type ReactNode, useState } from "react";
import { TextField } from "../../ui/field";
import { isComposing } from "../../ui/keyboard";

interface Props {
  label: string;
  hideLabel?: boolean;
  hint?: ReactNode;
  placeholder?: string;
  value: string;
  /** What is wrong with a text; `null` if nothing is. */
  faultOf?(text: string): string | null;
  maxLength?: number;
  inputMode?: "numeric";
  onSave(text: string): void;
}

const notEmpty = (text: string): string | null => (text === "" ? "It can't be empty." : null);

/** A line that is changed where it is: Enter and leaving it save, Esc restores. */
export function OneLine({ value, faultOf = notEmpty, onSave, ...field }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed?.trim() ?? value;
  const fault = typed === null ? null : faultOf(text);
  const save = () => {
    if (fault !== null) return;
    setTyped(null);
    if (text !== value) onSave(text);
  };
  return (
    <TextField
      maxLength={200}
      {...field}
      error={fault}
      value={typed ?? value}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (isComposing(event)) return;
        if (event.key === "Enter") save();
        if (event.key === "Escape") setTyped(null);
      }}
    />
  );
}
