import { useState } from "react";
import type { Day } from "../../sync/model";
import { Button } from "../../ui/button";
import { addDays, weekday } from "../../words/days";
import styles from "./task.module.css";

interface DaysProps {
  day: Day | null;
  today: Day;
  onChoose: (day: Day | null) => void;
}

/** A day by its date, or one of the near ones. */
export function Days({ day, today, onChoose }: DaysProps) {
  const [typed, setTyped] = useState(day ?? "");
  const monday = addDays(today, 8 - weekday(today));
  const near: [string, Day][] = [
    ["Today", today],
    ["Tomorrow", addDays(today, 1)],
    ["Next Monday", monday],
  ];
  return (
    <form
      className={styles["days"]}
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(typed || null);
      }}
    >
      <input type="date" aria-label="Day" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <Button type="submit" kind="primary">
        Set
      </Button>
      <div className={styles["near"]}>
        {near.map(([name, which]) => (
          <Button key={name} kind="quiet" onClick={() => onChoose(which)}>
            {name}
          </Button>
        ))}
        {day !== null && (
          <Button kind="quiet" onClick={() => onChoose(null)}>
            Remove
          </Button>
        )}
      </div>
    </form>
  );
}
