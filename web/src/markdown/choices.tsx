import { useEffect, useRef } from "react";
import styles from "./markdown-field.module.css";

export interface Choice {
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  readonly insert: string;
}

interface ChoicesProps {
  id: string;
  choices: readonly Choice[];
  active: number;
  onPick: (choice: Choice) => void;
}

export const optionId = (list: string, index: number): string => `${list}-${index}`;

/** What is offered at the caret. The focus stays in the field, which moves through it. */
export function Choices({ id, choices, active, onPick }: ChoicesProps) {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each choice is brought into sight when it is the active one.
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, choices]);
  return (
    <div ref={list} id={id} role="listbox" aria-label="Suggestions" className={styles["choices"]}>
      {choices.map((choice, index) => (
        // The field has the focus and its keys.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
        // biome-ignore lint/a11y/useFocusableInteractive: see above.
        <div
          key={choice.key}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === active}
          className={styles["choice"]}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(choice)}
        >
          <span dir="auto">{choice.label}</span>
          <span className={styles["detail"]} dir="auto">
            {choice.detail}
          </span>
        </div>
      ))}
    </div>
  );
}
