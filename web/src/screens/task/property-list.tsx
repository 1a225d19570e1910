import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "../../ui/button";
import { classes } from "../../ui/classes";
import { type PickerOption as Option, Picker } from "../../ui/picker";
import { VisuallyHidden } from "../../ui/visually-hidden";
import styles from "./task.module.css";

interface PropertyProps {
  label: string;
  /** Nobody sets it: it is only told. */
  fact?: boolean;
  children: ReactNode;
}

/** One line of the properties: what it is, and its value. */
export function Property({ label, fact, children }: PropertyProps) {
  return (
    <div className={classes(styles["property"], fact && styles["fact"])}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  options: readonly Option[];
  chosen: readonly string[];
  multiple?: boolean;
  readOnly: boolean;
  shortcut?: string;
  /** What stands there: the value, or what to do where there is none. */
  value: ReactNode;
  onPick: (value: string) => void;
  onQuery?: (query: string) => void;
  create?: { what: string; onCreate: (name: string) => void };
  /** Opened from elsewhere, as by a key. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** A property whose value is picked. */
export function ChoiceProperty(props: ChoiceProps) {
  const [own, setOwn] = useState(false);
  const { label, value, readOnly, shortcut, open = own, onOpenChange = setOwn, ...rest } = props;
  if (readOnly) return <Property label={label}>{value}</Property>;
  const trigger: ReactElement = (
    <Button
      kind="quiet"
      className={styles["value"]}
      aria-keyshortcuts={shortcut}
      title={shortcut ? `${label} (${shortcut})` : label}
    >
      <VisuallyHidden>{label}: </VisuallyHidden>
      {value}
    </Button>
  );
  return (
    <Property label={label}>
      <Picker label={label} trigger={trigger} open={open} onOpenChange={onOpenChange} {...rest} />
    </Property>
  );
}

export const Nothing = ({ children }: { children: ReactNode }) => <span className={styles["nothing"]}>{children}</span>;
