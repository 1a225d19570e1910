import { useMemo } from "react";
import type { Box } from "../../markdown/task-list";
import type { Id, Problem } from "../../sync/model";
import type { Outcome } from "../../sync/outbox";
import { useStore, useSubmit } from "../../sync/react";
import type { ProjectStore } from "../../sync/store";
import { type Begun, type Described, type Place, type Saved, saveText, saveTick } from "./save-text";

export interface SaveText {
  readonly save: (begun: Begun) => Promise<Saved>;
  readonly tick: (box: Box, checked: boolean) => Promise<Outcome | null>;
}

export function useSaveText(task: Id): SaveText {
  const store = useStore();
  const submit = useSubmit();
  return useMemo(() => {
    const place: Place = {
      update: async (set, expect) => {
        const [outcome] = await submit({ type: "task.update", task, set, expect });
        if (!outcome) throw new Error("a command got no answer");
        return outcome;
      },
      shown: () => {
        const version = store.base.task(task)?.version;
        const description = store.task(task)?.description;
        return version === undefined || description === undefined ? null : { description, version };
      },
      after: (problem) => newer(store, task, problem),
    };
    return { save: (begun) => saveText(place, begun), tick: (box, checked) => saveTick(place, box, checked) };
  }, [store, submit, task]);
}

async function newer(store: ProjectStore, id: Id, problem: Problem): Promise<Described | null> {
  const current = Number(problem["current"] ?? 0);
  const read = () => store.base.task(id) ?? null;
  const isThere = () => (read()?.version ?? Number.POSITIVE_INFINITY) >= current;
  if (!isThere()) {
    await new Promise<void>((resolve) => {
      const stop = store.on("changed", () => {
        if (!isThere()) return;
        stop();
        resolve();
      });
    });
  }
  return read();
}
