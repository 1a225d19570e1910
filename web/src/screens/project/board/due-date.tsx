import type { Day } from "../../../sync/model";
import { useClock } from "../../../words/use-clock";
import styles from "./card.module.css";

/** The day by which a task is due. Overdue is red, and says so. */
export function DueDate({ day, done }: { day: Day; done: boolean }) {
  const clock = useClock();
  const overdue = !done && day < clock.today;
  const words = clock.day(day);
  return (
    <span className={styles.due} data-overdue={overdue || undefined} title={`Due ${day}`}>
      {overdue ? `Overdue, ${words}` : words}
    </span>
  );
}
