import { Inbox } from "lucide-react";
import styles from "./inbox.module.css";
import type { Filter } from "./queries";

/** What will come here. */
export function Empty({ filter }: { filter: Filter }) {
  return (
    <div className={styles.empty}>
      <Inbox size={24} strokeWidth={1.5} aria-hidden />
      <h2>{filter === "unread" ? "Nothing unread" : "Nothing here yet"}</h2>
      <p>
        Here you read when a task is assigned to you, when somebody mentions you or answers you, and what changes in the
        tasks you follow.
      </p>
    </div>
  );
}
