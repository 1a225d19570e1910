import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import X from "lucide-react/icons/x";
import type { Status } from "../../sync/model";
import { useProject } from "../../sync/react";
import { IconButton } from "../../ui/button";
import { classes } from "../../ui/classes";
import { InlineEdit } from "../../ui/inline-edit";
import { StatusIcon } from "../../ui/status-icon";
import { positionOf } from "../../words/tasks";
import { OneLine } from "./one-line";
import { RowSelect } from "./row-select";
import styles from "./settings.module.css";
import { CATEGORIES } from "./words";
import { limitFault, limitOf, type StatusChange } from "./workflow";

interface Props {
  status: Status;
  position: number;
  count: number;
  readOnly: boolean;
  onChange(change: StatusChange): void;
  onMove(places: number): void;
  onRemove(): void;
}

export function ColumnRow({ status, position, count, readOnly, onChange, onMove, onRemove }: Props) {
  const { name, category, limit } = status;
  const place = positionOf(useProject(), status.key);
  return (
    <li className={classes(styles.row, styles.wraps)}>
      <StatusIcon category={category} position={place} />
      <InlineEdit
        className={styles.grows}
        label="Name of the column"
        value={name}
        required
        readOnly={readOnly}
        maxLength={200}
        onSave={(to) => onChange({ name: to })}
      />
      <RowSelect
        label={`What ${name} means`}
        value={category}
        options={CATEGORIES.map((one) => ({ ...one, icon: <StatusIcon category={one.value} /> }))}
        readOnly={readOnly}
        onChange={(to) => onChange({ category: to })}
      />
      <div className={styles.limit}>
        {readOnly ? (
          <span className={styles.quiet}>{limit ? `limit ${limit}` : ""}</span>
        ) : (
          <OneLine
            label={`Limit of ${name}`}
            hideLabel
            placeholder="No limit"
            inputMode="numeric"
            maxLength={6}
            value={limit ? String(limit) : ""}
            faultOf={limitFault}
            onSave={(text) => onChange({ limit: limitOf(text) })}
          />
        )}
      </div>
      {!readOnly && (
        <span className={styles.tools}>
          <IconButton
            label={`Move ${name} up`}
            icon={<ArrowUp aria-hidden />}
            disabled={position === 0}
            onClick={() => onMove(-1)}
          />
          <IconButton
            label={`Move ${name} down`}
            icon={<ArrowDown aria-hidden />}
            disabled={position === count - 1}
            onClick={() => onMove(1)}
          />
          <IconButton label={`Remove ${name}`} icon={<X aria-hidden />} disabled={count === 1} onClick={onRemove} />
        </span>
      )}
    </li>
  );
}
