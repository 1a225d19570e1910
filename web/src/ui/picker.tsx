import { Combobox } from "@base-ui/react/combobox";
import Check from "lucide-react/icons/check";
import Plus from "lucide-react/icons/plus";
import { type KeyboardEvent, type ReactElement, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { fold } from "../words/fold";
import { isComposing } from "./keyboard";
import styles from "./picker.module.css";

export interface PickerOption {
  readonly value: string;
  readonly name: string;
  /** What else it is found by. */
  readonly also?: string;
  readonly icon?: ReactNode;
  readonly hint?: string;
  readonly disabled?: boolean;
}

interface PickerProps {
  /** What is chosen: "Status". */
  label: string;
  /** The button that it opens at. */
  trigger?: ReactElement;
  /** Without a trigger: what it opens at, and where the focus returns. */
  anchor?: HTMLElement | null;
  options: readonly PickerOption[];
  chosen: readonly string[];
  /** Each pick adds or takes away one, and it stays open. */
  multiple?: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onPick: (value: string) => void;
  /** The options are found elsewhere, by what is typed. */
  onQuery?: (query: string) => void;
  placeholder?: string;
  /** Makes what was typed, and picks it. It stands last. */
  create?: { readonly what: string; readonly onCreate: (name: string) => void };
}

// No value of anybody's begins like this.
const creating = "\u0000create";

/**
 * A choice with type-ahead: status, people, labels, priority, tasks. What is chosen stands first. Enter picks; Space
 * does too where several are.
 */
export function Picker(props: PickerProps) {
  const { label, trigger, anchor = null, options, multiple = false, open, onOpenChange, onQuery, create } = props;
  const [query, setQuery] = useState("");
  const field = useRef<HTMLButtonElement>(null);
  const highlighted = useRef<PickerOption | undefined>(undefined);
  // A key may open what is out of sight.
  useLayoutEffect(() => {
    if (open) field.current?.scrollIntoView({ block: "nearest" });
  }, [open]);

  const name = query.trim();
  const ordered = useChosenFirst(props);
  const isNew = create && name !== "" && !options.some((option) => option.name.toLowerCase() === name.toLowerCase());
  const made = { value: creating, name: `Create ${create?.what ?? ""} “${name}”`, icon: <Plus aria-hidden /> };
  const pick = (option: PickerOption) => {
    if (option.disabled) return;
    if (option.value === creating) create?.onCreate(name);
    else props.onPick(option.value);
    if (multiple) type("");
    else onOpenChange(false);
  };
  const type = (next: string) => {
    setQuery(next);
    onQuery?.(next);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== " " || query !== "" || !multiple || isComposing(event) || !highlighted.current) return;
    event.preventDefault();
    pick(highlighted.current);
  };
  return (
    <Combobox.Root
      items={isNew ? [...ordered, made] : ordered}
      // The chosen one is highlighted on opening. Where several can be, Enter would take it away at once.
      value={multiple ? null : (ordered.find((option) => props.chosen.includes(option.value)) ?? null)}
      isItemEqualToValue={(option, value) => option.value === value.value}
      // A letter on a closed trigger picks too, with no reason: here letters are the page's keys.
      onValueChange={(option: PickerOption | null, { reason }) => option && reason === "item-press" && pick(option)}
      inputValue={query}
      onInputValueChange={type}
      onItemHighlighted={(option: PickerOption | undefined) => {
        highlighted.current = option;
      }}
      open={open}
      onOpenChange={(next, { reason }) => {
        if (multiple && reason === "item-press") return;
        type("");
        onOpenChange(next);
      }}
      filter={onQuery ? null : (option: PickerOption) => option.value === creating || fits(option, name)}
      itemToStringLabel={(option: PickerOption) => option.name}
      autoHighlight
    >
      {/* A combobox has no name of its content: this one stands unless the trigger brings its own. */}
      {trigger && <Combobox.Trigger ref={field} render={trigger} aria-label={label} />}
      <Combobox.Portal>
        <Combobox.Positioner
          className={styles.positioner}
          anchor={trigger ? undefined : anchor}
          align="start"
          sideOffset={4}
          collisionPadding={8}
        >
          <Combobox.Popup
            className={styles.popup}
            aria-label={label}
            finalFocus={trigger ? field : () => anchor ?? true}
          >
            <Combobox.Input
              className={styles.input}
              aria-label={label}
              placeholder={props.placeholder ?? label}
              dir="auto"
              onKeyDown={keyDown}
            />
            <Combobox.Empty className={styles.empty}>Nothing found</Combobox.Empty>
            <Combobox.List className={styles.list}>
              {(option: PickerOption) => (
                <Option key={option.value} option={option} isChosen={props.chosen.includes(option.value)} />
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

/** The order is that of the opening: what is picked meanwhile stays where it is. */
function useChosenFirst({ options, chosen, open }: PickerProps): readonly PickerOption[] {
  const [opening, setOpening] = useState({ open, chosen });
  if (opening.open !== open) setOpening({ open, chosen });
  const isFirst = (option: PickerOption): boolean => opening.chosen.includes(option.value);
  return [...options.filter(isFirst), ...options.filter((option) => !isFirst(option))];
}

function Option({ option, isChosen }: { option: PickerOption; isChosen: boolean }) {
  return (
    <Combobox.Item value={option} className={styles.item} disabled={option.disabled ?? false}>
      {option.icon && <span className={styles.icon}>{option.icon}</span>}
      <span className={styles.name} dir="auto">
        {option.name}
      </span>
      {option.hint && <span className={styles.hint}>{option.hint}</span>}
      {isChosen && <Check className={styles.check} role="img" aria-label="chosen" />}
    </Combobox.Item>
  );
}

/** Whether a word of the option begins with what was typed, accents aside. */
function fits({ name, also = "" }: PickerOption, query: string): boolean {
  const wanted = fold(query);
  return fold(`${name} ${also}`)
    .split(/\s+/u)
    .some((_, at, words) => words.slice(at).join(" ").startsWith(wanted));
}
