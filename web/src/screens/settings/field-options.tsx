import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import X from "lucide-react/icons/x";
import type { FieldOption } from "../../sync/model";
import { IconButton } from "../../ui/button";
import { InlineEdit } from "../../ui/inline-edit";
import { AddLine } from "./add-line";
import styles from "./settings.module.css";
import { keyFor } from "./workflow";

const MOST_OPTIONS = 50;

interface Props {
  /** The name of the field. */
  of: string;
  options: readonly FieldOption[];
  readOnly: boolean;
  onChange(options: readonly FieldOption[]): void;
}

/** What can be chosen in a field. Tasks keep an option that is left out. */
export function FieldOptions({ of, options, readOnly, onChange }: Props) {
  const keys = options.map((option) => option.key);
  const move = (index: number, places: number) => {
    const option = options[index];
    if (option) onChange(options.toSpliced(index, 1).toSpliced(index + places, 0, option));
  };
  return (
    <div className={styles.nested}>
      <ol className={styles.rows} aria-label={`Options of ${of}`}>
        {options.map((option, index) => (
          <li key={option.key} className={styles.row}>
            <InlineEdit
              className={styles.grows}
              label="Name of the option"
              value={option.name}
              required
              readOnly={readOnly}
              maxLength={200}
              onSave={(name) => onChange(options.with(index, { ...option, name }))}
            />
            {!readOnly && (
              <span className={styles.tools}>
                <IconButton
                  label={`Move ${option.name} up`}
                  icon={<ArrowUp aria-hidden />}
                  disabled={index === 0}
                  onClick={() => move(index, -1)}
                />
                <IconButton
                  label={`Move ${option.name} down`}
                  icon={<ArrowDown aria-hidden />}
                  disabled={index === options.length - 1}
                  onClick={() => move(index, 1)}
                />
                <IconButton
                  label={`Remove ${option.name}`}
                  icon={<X aria-hidden />}
                  disabled={options.length === 1}
                  onClick={() => onChange(options.toSpliced(index, 1))}
                />
              </span>
            )}
          </li>
        ))}
      </ol>
      {!readOnly && options.length < MOST_OPTIONS && (
        <AddLine
          label="New option"
          button="Add option"
          onAdd={(name) => onChange([...options, { key: keyFor(name, keys, "option"), name }])}
        />
      )}
    </div>
  );
}
