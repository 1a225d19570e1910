import { Menu as Base } from "@base-ui/react/menu";
import Check from "lucide-react/icons/check";
import ChevronsUpDown from "lucide-react/icons/chevrons-up-down";
import { type ReactNode, useId } from "react";
import { Button } from "./button";
import fieldStyles from "./field.module.css";
import menuStyles from "./menu.module.css";
import styles from "./select.module.css";

export interface SelectOption<Value extends string> {
  value: Value;
  name: string;
  icon?: ReactNode;
}

interface SelectProps<Value extends string> {
  label: string;
  hideLabel?: boolean;
  value: Value;
  options: readonly SelectOption<Value>[];
  onChange: (value: Value) => void;
  disabled?: boolean;
}

/** A choice of few, known values in a form. A longer list is a Picker's. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, hideLabel, value, options, onChange, disabled } = props;
  const id = useId();
  const current = options.find((option) => option.value === value);
  return (
    <div className={fieldStyles.field}>
      <span id={id} className={hideLabel ? fieldStyles.hidden : fieldStyles.label}>
        {label}
      </span>
      <Base.Root modal={false} disabled={disabled ?? false}>
        <Base.Trigger
          render={<Button id={`${id}-value`} className={styles.trigger} disabled={disabled} />}
          aria-labelledby={`${id} ${id}-value`}
        >
          {current?.icon}
          <span className={styles.name}>{current?.name ?? "Choose"}</span>
          <ChevronsUpDown className={styles.mark} aria-hidden />
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner className={menuStyles.positioner} align="start" sideOffset={4} collisionPadding={8}>
            <Base.Popup className={menuStyles.popup}>
              <Base.RadioGroup value={value} onValueChange={(chosen: Value) => onChange(chosen)}>
                {options.map((option) => (
                  <Base.RadioItem key={option.value} value={option.value} className={menuStyles.item} closeOnClick>
                    {option.icon && <span className={menuStyles.icon}>{option.icon}</span>}
                    <span className={menuStyles.name}>{option.name}</span>
                    {option.value === value && <Check className={menuStyles.check} aria-hidden />}
                  </Base.RadioItem>
                ))}
              </Base.RadioGroup>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </div>
  );
}
