import { Combobox } from "@base-ui/react/combobox";
import Check from "lucide-react/icons/check";
import { type ReactElement, type ReactNode, useLayoutEffect, useRef } from "react";
import styles from "./pick.module.css";

export interface Option {
  readonly value: string;
  readonly name: string;
  /** What else it is found by. */
  readonly also?: string;
  readonly icon?: ReactNode;
  readonly hint?: string;
  readonly disabled?: boolean;
}

interface PickProps {
  label: string;
  trigger: ReactElement;
  options: readonly Option[];
  chosen: readonly string[];
  multiple?: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** One: what was picked. Several: what was added or taken away. */
  onPick: (value: string) => void;
  /** The options are found elsewhere, by what is typed. */
  onQuery?: (query: string) => void;
  placeholder?: string;
}

/** A choice with type-ahead, opened at its field. */
export function Pick(props: PickProps) {
  const { label, trigger, options, chosen, multiple, open, onOpenChange, onPick, onQuery, placeholder } = props;
  const field = useRef<HTMLButtonElement>(null);
  // A key may open what is out of sight.
  useLayoutEffect(() => {
    if (open) field.current?.scrollIntoView({ block: "nearest" });
  }, [open]);
  return (
    <Combobox.Root
      items={options}
      value={null}
      onValueChange={(option: Option | null) => {
        if (option && !option.disabled) onPick(option.value);
        if (!multiple) onOpenChange(false);
      }}
      open={open}
      onOpenChange={(next, { reason }) => {
        if (!(multiple && reason === "item-press")) onOpenChange(next);
      }}
      itemToStringLabel={(option: Option) => `${option.name} ${option.also ?? ""}`}
      autoHighlight
      {...(onQuery ? { filter: null, onInputValueChange: onQuery } : {})}
    >
      <Combobox.Trigger ref={field} render={trigger} />
      <Combobox.Portal>
        <Combobox.Positioner className={styles["positioner"]} align="start" sideOffset={4} collisionPadding={8}>
          <Combobox.Popup className={styles["popup"]} aria-label={label} finalFocus={field}>
            <Combobox.Input
              className={styles["input"]}
              aria-label={label}
              placeholder={placeholder ?? label}
              dir="auto"
            />
            <Combobox.Empty className={styles["empty"]}>Nothing found</Combobox.Empty>
            <Combobox.List className={styles["list"]}>
              {(option: Option) => (
                <Combobox.Item
                  key={option.value}
                  value={option}
                  className={styles["item"]}
                  disabled={option.disabled ?? false}
                  data-chosen={chosen.includes(option.value) || undefined}
                >
                  {option.icon && <span className={styles["icon"]}>{option.icon}</span>}
                  <span className={styles["name"]} dir="auto">
                    {option.name}
                  </span>
                  {option.hint && <span className={styles["hint"]}>{option.hint}</span>}
                  {chosen.includes(option.value) && <Check className={styles["check"]} aria-label="chosen" />}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
