import { useCallback, useState } from "react";
import { usePeopleHere } from "../../people/use-people";
import { useMe } from "../../session/use-session";
import type { Command } from "../../sync/model";
import { useStore, useSubmit } from "../../sync/react";
import { explain } from "../../words/problems";

export interface Changes {
  /** Whether it was taken. What is refused goes back, and `problem` says why. */
  change(command: Command): Promise<boolean>;
  problem: string | null;
}

/** `onProblem` is told too, for what has no place of its own to say it. */
export function useChanges(onProblem?: (problem: string) => void): Changes {
  const { id: me } = useMe();
  const people = usePeopleHere();
  const store = useStore();
  const submit = useSubmit();
  const [problem, setProblem] = useState<string | null>(null);
  const change = useCallback(
    async (command: Command) => {
      setProblem(null);
      const [outcome] = await submit(command);
      if (outcome?.kind !== "refused") return true;
      const { text } = explain(outcome.problem, { view: store.view, people, me, command });
      setProblem(text);
      onProblem?.(text);
      return false;
    },
    [submit, store, people, me, onProblem],
  );
  return { change, problem };
}
