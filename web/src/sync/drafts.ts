// Texts that somebody began and has not saved: by the field that they belong to.

import { useCallback, useSyncExternalStore } from "react";
import { Topics } from "./topics";

export interface Draft {
  readonly text: string;
  /** What the text was when the draft began, and the version of the task then. */
  readonly base: string;
  readonly version: number;
}

export interface DraftField {
  readonly draft: Draft | null;
  readonly write: (draft: Draft) => void;
  readonly discard: () => void;
}

const drafts = new Map<string, Draft>();
const topics = new Topics();

/** The draft of a field. It outlives the field, and is the same wherever the field is shown. */
export function useDraft(key: string): DraftField {
  const subscribe = useCallback((listener: () => void) => topics.on(key, listener), [key]);
  const draft = useSyncExternalStore(subscribe, () => drafts.get(key) ?? null);
  const write = useCallback(
    (next: Draft) => {
      drafts.set(key, next);
      topics.tell(key);
    },
    [key],
  );
  const discard = useCallback(() => {
    if (drafts.delete(key)) topics.tell(key);
  }, [key]);
  return { draft, write, discard };
}
