import { queries } from "../api/query";
import { session } from "../session/session";
import type { SessionState } from "../session/types";
import { toast } from "../ui/toast";

/** What was answered or said to one person is not shown to the next; what an ended session kept from an answer is asked again. */
export function keepAnswersPersonal(): void {
  let before = session.state();
  session.subscribe(() => {
    const now = session.state();
    if (personOf(before) !== null && personOf(now) !== personOf(before)) {
      queries.clear();
      toast.closeAll();
    }
    if (before.kind === "expired" && now.kind === "signed_in") void queries.invalidateQueries();
    before = now;
  });
}

const personOf = (state: SessionState): string | null => ("me" in state ? state.me.id : null);
