import { Button } from "../../ui/button";
import styles from "./inbox.module.css";
import { type Filter, type Mark, useUnread } from "./queries";

interface Props {
  filter: Filter;
  onFilter(filter: Filter): void;
  /** The newest notification that is shown: what came after it was not seen, so it stays unread. */
  newest: number | null;
  onMark(mark: Mark): void;
}

export function Head({ filter, onFilter, newest, onMark }: Props) {
  const unread = useUnread();
  return (
    <header className={styles.head}>
      <h1>Inbox</h1>
      <fieldset className={styles.filter}>
        <legend className={styles.hidden}>Show</legend>
        <FilterButton name="All" pressed={filter === "all"} onPress={() => onFilter("all")} />
        <FilterButton
          name={unread > 0 ? `Unread ${unread}` : "Unread"}
          pressed={filter === "unread"}
          onPress={() => onFilter("unread")}
        />
      </fieldset>
      <Button
        kind="quiet"
        className={styles.all}
        disabled={unread === 0 || newest === null}
        onClick={() => newest !== null && onMark({ up_to: newest })}
      >
        Mark all as read
      </Button>
    </header>
  );
}

function FilterButton({ name, pressed, onPress }: { name: string; pressed: boolean; onPress(): void }) {
  return (
    <button type="button" aria-pressed={pressed} onClick={onPress}>
      {name}
    </button>
  );
}
