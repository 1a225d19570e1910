import { EmptyState } from "../../ui/empty-state";
import type { Filter } from "./queries";

/** What will come here. */
export function Empty({ filter }: { filter: Filter }) {
  return (
    <EmptyState
      title={filter === "unread" ? "Nothing unread" : "Nothing here yet"}
      text="You read here when a task is assigned to you, when somebody mentions you or answers you, and what changes in the tasks you follow."
    />
  );
}
