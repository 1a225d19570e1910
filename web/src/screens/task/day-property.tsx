import { useState } from "react";
import type { Day } from "../../sync/model";
import { Button } from "../../ui/button";
import { Popover } from "../../ui/popover";
import { VisuallyHidden } from "../../ui/visually-hidden";
import { useClock } from "../../words/use-clock";
import { Days } from "./days";
import { Nothing, Property } from "./property-list";
import styles from "./task.module.css";

interface DayPropertyProps {
  label: string;
  day: Day | null;
  overdue?: boolean;
  readOnly: boolean;
  shortcut?: string;
  onSet: (day: Day | null) => void;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

export function DayProperty(props: DayPropertyProps) {
  const { label, day, overdue, readOnly, shortcut, onSet } = props;
  const [own, setOwn] = useState(false);
  const { open = own, onOpenChange = setOwn } = props;
  const clock = useClock();
  const value =
    day === null ? (
      <Nothing>None</Nothing>
    ) : (
      <time dateTime={day} data-overdue={overdue || undefined} className={styles["day"]} title={day}>
        {clock.day(day)}
        {overdue && ", overdue"}
      </time>
    );
  if (readOnly) return <Property label={label}>{value}</Property>;
  const choose = (chosen: Day | null) => {
    onOpenChange(false);
    if (chosen !== day) onSet(chosen);
  };
  return (
    <Property label={label}>
      <Popover
        title={label}
        hideTitle
        open={open}
        onOpenChange={onOpenChange}
        trigger={
          <Button
            kind="quiet"
            className={styles["value"]}
            aria-keyshortcuts={shortcut}
            title={shortcut ? `${label} (${shortcut})` : label}
          >
            <VisuallyHidden>{label}: </VisuallyHidden>
            {value}
          </Button>
        }
      >
        <Days day={day} today={clock.today} onChoose={choose} />
      </Popover>
    </Property>
  );
}
