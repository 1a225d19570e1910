import { useCallback } from "react";
import { usePeopleHere } from "../../people/use-people";
import { useMe } from "../../session/use-session";
import type { Command } from "../../sync/model";
import { useStore, useSubmit } from "../../sync/react";
import { toast } from "../../ui/toast";
import { explain } from "../../words/problems";

export type Give = (command: Command) => void;

/** Gives a command, and says why when it is refused. */
export function useGive(): Give {
  const store = useStore();
  const submit = useSubmit();
  const people = usePeopleHere();
  const me = useMe().id;
  return useCallback(
    (command) => {
      void submit(command).then(([outcome]) => {
        if (outcome?.kind !== "refused") return;
        const { text } = explain(outcome.problem, { view: store.view, people, me, command });
        toast.show({ text, refused: true });
      });
    },
    [store, submit, people, me],
  );
}
