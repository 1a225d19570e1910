import Archive from "lucide-react/icons/archive";
import ArchiveRestore from "lucide-react/icons/archive-restore";
import { useState } from "react";
import type { Command, Field, FieldOption } from "../../sync/model";
import { useProject } from "../../sync/react";
import { Button, IconButton } from "../../ui/button";
import { InlineEdit } from "../../ui/inline-edit";
import { Section } from "../../ui/section";
import { AddField } from "./add-field";
import { FieldOptions } from "./field-options";
import styles from "./settings.module.css";
import { useChanges } from "./use-changes";
import { useRights } from "./use-rights";
import { FIELD_TYPES, nameOf } from "./words";
import { keyFor } from "./workflow";

/** What the project's tasks have beside what every task has. */
export function Fields() {
  const { fields } = useProject();
  const { changes } = useRights();
  const { change, problem } = useChanges();
  const [showsArchived, setShowsArchived] = useState(false);
  const used = fields.filter((field) => !field.archived);
  const archived = fields.filter((field) => field.archived);
  const keys = fields.map((field) => field.key);
  return (
    <Section
      title="Fields"
      about="More about each task, in the task's own page. A field's type is fixed once it is there."
      problem={problem}
    >
      <ul className={styles.rows}>
        {used.map((field) => (
          <FieldRow
            key={field.key}
            field={field}
            readOnly={!changes}
            onPut={(name, options) => void change(put({ ...field, name, options }))}
            onArchive={() => void change({ type: "field.archive", key: field.key })}
          />
        ))}
      </ul>
      {used.length === 0 && <p className={styles.about}>No fields yet.</p>}
      {changes && (
        <AddField
          onAdd={(name, type, options) => void change(put({ key: keyFor(name, keys, "field"), name, type, options }))}
        />
      )}
      {archived.length > 0 && (
        <Button kind="quiet" aria-expanded={showsArchived} onClick={() => setShowsArchived(!showsArchived)}>
          {showsArchived ? "Hide archived" : `Show ${archived.length} archived`}
        </Button>
      )}
      {showsArchived && (
        <ul className={styles.rows}>
          {archived.map((field) => (
            <li key={field.key} className={styles.row}>
              <span className={styles.quiet}>{field.name}</span>
              {changes && (
                <IconButton
                  label={`Bring ${field.name} back`}
                  icon={<ArchiveRestore aria-hidden />}
                  onClick={() => void change(put(field))}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function put({ key, name, type, options }: Omit<Field, "archived">): Command {
  const put = { type: "field.put", key, name, field_type: type } as const;
  return options === null ? put : { ...put, options };
}

interface FieldRowProps {
  field: Field;
  readOnly: boolean;
  onPut(name: string, options: readonly FieldOption[] | null): void;
  onArchive(): void;
}

function FieldRow({ field: { name, type, options }, readOnly, onPut, onArchive }: FieldRowProps) {
  return (
    <li>
      <div className={styles.row}>
        <InlineEdit
          className={styles.grows}
          label="Name of the field"
          value={name}
          required
          readOnly={readOnly}
          maxLength={200}
          onSave={(to) => onPut(to, options)}
        />
        <span className={styles.quiet}>{nameOf(FIELD_TYPES, type)}</span>
        {!readOnly && <IconButton label={`Archive ${name}`} icon={<Archive aria-hidden />} onClick={onArchive} />}
      </div>
      {options !== null && (
        <FieldOptions of={name} options={options} readOnly={readOnly} onChange={(to) => onPut(name, to)} />
      )}
    </li>
  );
}
