import type { Field, Json, JsonObject, Task } from "../../sync/model";
import { useProject } from "../../sync/react";
import { Avatar } from "../../ui/avatar";
import { Chip } from "../../ui/chip";
import { InlineEdit } from "../../ui/inline-edit";
import type { PickerOption as Option } from "../../ui/picker";
import { useClock } from "../../words/use-clock";
import { useTaskPlace } from "./context";
import { DayProperty } from "./day-property";
import { NumberProperty } from "./number-property";
import { ChoiceProperty, Nothing, Property } from "./property-list";
import styles from "./task.module.css";

interface CustomFieldsProps {
  task: Task;
  /** A merge patch of the fields. */
  onSet: (fields: JsonObject) => void;
}

/** The project's own fields. An archived one is shown, to be read, where a task has a value of it. */
export function CustomFields({ task, onSet }: CustomFieldsProps) {
  const { readOnly } = useTaskPlace();
  const { fields } = useProject();
  return fields
    .filter(({ key, archived }) => !archived || task.fields[key] !== undefined)
    .map((field) => (
      <CustomField
        key={field.key}
        field={field}
        value={task.fields[field.key] ?? null}
        readOnly={readOnly || field.archived}
        onSet={(value) => onSet({ [field.key]: value })}
      />
    ));
}

interface FieldProps {
  field: Field;
  value: Json;
  readOnly: boolean;
  onSet: (value: Json) => void;
}

function CustomField(props: FieldProps) {
  const { field, value, readOnly, onSet } = props;
  const shared = { label: field.name, readOnly };
  switch (field.type) {
    case "text":
      return <TextValue {...props} />;
    case "url":
      return <TextValue {...props} link />;
    case "number":
      return <NumberProperty {...shared} value={typeof value === "number" ? value : null} onSet={onSet} />;
    case "date":
      return <DayProperty {...shared} day={typeof value === "string" ? value : null} onSet={onSet} />;
    case "select":
    case "multi_select":
      return <OptionsValue {...props} />;
    case "person":
      return <PersonValue {...props} />;
    case "checkbox":
      return (
        <Property label={field.name}>
          <input
            type="checkbox"
            className={styles["check"]}
            aria-label={field.name}
            checked={value === true}
            disabled={readOnly}
            onChange={(event) => onSet(event.target.checked)}
          />
        </Property>
      );
  }
}

function TextValue({ field, value, readOnly, onSet, link }: FieldProps & { link?: boolean }) {
  const text = typeof value === "string" ? value : "";
  return (
    <Property label={field.name}>
      <InlineEdit
        label={field.name}
        value={text}
        placeholder="None"
        readOnly={readOnly}
        className={styles["inline"]}
        onSave={(next) => onSet(next === "" ? null : next)}
      />
      {link && /^https?:\/\//i.test(text) && (
        <a className={styles["open"]} href={text} target="_blank" rel="noopener noreferrer nofollow">
          Open
        </a>
      )}
    </Property>
  );
}

function OptionsValue({ field, value, readOnly, onSet }: FieldProps) {
  const several = field.type === "multi_select";
  const chosen = Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
  const known = field.options ?? [];
  // An option that was left out stays as a value, by its key.
  const gone = chosen.filter((key) => !known.some((option) => option.key === key)).map((key) => ({ key, name: key }));
  const options = [...known, ...gone];
  const pick = (key: string) => {
    const without = chosen.filter((one) => one !== key);
    const next = without.length < chosen.length ? without : [...chosen, key];
    if (several) onSet(next.length > 0 ? next : null);
    else onSet(chosen.includes(key) ? null : key);
  };
  return (
    <ChoiceProperty
      label={field.name}
      multiple={several}
      options={options.map(({ key, name }): Option => ({ value: key, name }))}
      chosen={chosen}
      readOnly={readOnly}
      value={
        chosen.length === 0 ? (
          <Nothing>None</Nothing>
        ) : (
          <span className={styles["several"]}>
            {options
              .filter(({ key }) => chosen.includes(key))
              .map(({ key, name }) => (
                <Chip key={key} name={name} />
              ))}
          </span>
        )
      }
      onPick={pick}
    />
  );
}

function PersonValue({ field, value, readOnly, onSet }: FieldProps) {
  const { people } = useTaskPlace();
  const { locale } = useClock();
  const id = typeof value === "string" ? value : null;
  const options = people.members(locale).map(
    (person): Option => ({
      value: person.id,
      name: person.name,
      icon: <Avatar person={person} size={16} decorative />,
    }),
  );
  return (
    <ChoiceProperty
      label={field.name}
      options={options}
      chosen={id === null ? [] : [id]}
      readOnly={readOnly}
      value={id === null ? <Nothing>Nobody</Nothing> : people.label(id)}
      onPick={(user) => onSet(user === id ? null : user)}
    />
  );
}
