import ListFilter from "lucide-react/icons/list-filter";
import X from "lucide-react/icons/x";
import { useRef, useState } from "react";
import { usePeopleHere } from "../../../people/use-people";
import { useMe } from "../../../session/use-session";
import { useProject, useTopic } from "../../../sync/react";
import type { ProjectStore } from "../../../sync/store";
import { Avatar } from "../../../ui/avatar";
import { Button } from "../../../ui/button";
import { ColorDot } from "../../../ui/chip";
import { Picker, type PickerOption } from "../../../ui/picker";
import { PriorityIcon, priorities, priorityNames } from "../../../ui/priority-icon";
import { listWords } from "../../../words/tasks";
import { useClock } from "../../../words/use-clock";
import { useLetters } from "../../letters";
import {
  everything,
  type Filter,
  isEmpty,
  type Property,
  properties,
  type Reader,
  toggled,
  withChoice,
} from "./filter";
import styles from "./filter-bar.module.css";
import { passing, useFilter } from "./use-filter";

const names: Record<Property, string> = { assignee: "Assignee", label: "Label", priority: "Priority" };

/** What the board shows of the project: words, people, labels, priorities. */
export function FilterBar() {
  const { filter, set } = useFilter();
  const field = useRef<HTMLInputElement>(null);
  useLetters({ "/": () => field.current?.focus() });
  return (
    <search className={styles.bar} aria-label="Filter">
      <span className={styles.words}>
        <ListFilter aria-hidden />
        <input
          ref={field}
          type="text"
          className={styles.field}
          aria-label="Words in the title"
          placeholder="Filter"
          dir="auto"
          value={filter.text}
          onChange={(event) => set({ ...filter, text: event.target.value })}
        />
      </span>
      {properties.map((property) => (
        <PropertyFilter key={property} property={property} filter={filter} set={set} />
      ))}
      {!isEmpty(filter) && <Found filter={filter} clear={() => set(everything)} />}
    </search>
  );
}

interface PropertyFilterProps {
  readonly property: Property;
  readonly filter: Filter;
  readonly set: (filter: Filter) => void;
}

function PropertyFilter({ property, filter, set }: PropertyFilterProps) {
  const [open, setOpen] = useState(false);
  const options = useOptions(property);
  const choice = filter.choices[property];
  const chosen = choice.values.map(
    (value) => options.find((option) => option.value === value)?.name ?? "something gone",
  );
  const words = chosen.length === 0 ? names[property] : `${names[property]}: ${listWords(chosen)}`;
  return (
    <span className={styles.property}>
      <Picker
        label={names[property]}
        trigger={
          // What opens a list takes no name from its text.
          <Button kind="quiet" aria-label={words}>
            {words}
          </Button>
        }
        options={options}
        chosen={choice.values}
        multiple
        open={open}
        onOpenChange={setOpen}
        onPick={(value) => set(withChoice(filter, property, toggled(choice, value)))}
      />
      {chosen.length > 0 && (
        <Button
          kind="quiet"
          aria-label={`${names[property]} is${choice.not ? " not" : ""}: turn round`}
          onClick={() => set(withChoice(filter, property, { ...choice, not: !choice.not }))}
        >
          {choice.not ? "is not" : "is"}
        </Button>
      )}
    </span>
  );
}

function useOptions(property: Property): readonly PickerOption[] {
  const project = useProject();
  const people = usePeopleHere();
  const me = useMe();
  const { locale } = useClock();
  if (property === "priority") {
    return priorities.map((value) => ({
      value,
      name: priorityNames[value],
      icon: <PriorityIcon priority={value} decorative />,
    }));
  }
  if (property === "label") {
    const labels = project.labels.filter((label) => !label.archived);
    const named = labels.map(({ key, name, color }) => ({ value: key, name, icon: <ColorDot color={color} /> }));
    return [...named, { value: "none", name: "No label" }];
  }
  const members = people.members(locale).filter((person) => person.id !== me.id);
  const named = members.map((person) => ({
    value: person.id,
    name: person.name,
    icon: <Avatar person={person} decorative />,
  }));
  const own = { value: "me", name: "Me", also: me.name, icon: <Avatar person={me} decorative /> };
  return [own, ...named, { value: "none", name: "Nobody" }];
}

function Found({ filter, clear }: { filter: Filter; clear: () => void }) {
  const reader = { me: useMe().id, people: usePeopleHere() };
  const count = useTopic("tasks", (store) => countOf(store, filter, reader));
  return (
    <span className={styles.found}>
      <span role="status">{count}</span>
      <Button kind="quiet" icon={<X aria-hidden />} onClick={clear}>
        Clear
      </Button>
    </span>
  );
}

function countOf(store: ProjectStore, filter: Filter, reader: Reader): string {
  const { statuses } = store.view.project.workflow;
  const all = statuses.reduce((sum, { key }) => sum + store.column(key).length, 0);
  const found = statuses.reduce((sum, { key }) => sum + passing(store, key, filter, reader).length, 0);
  return `${found.toLocaleString()} of ${all.toLocaleString()}`;
}
