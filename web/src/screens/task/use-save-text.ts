// Saves a description without losing anybody's: where it changed meanwhile, the two are merged, or somebody chooses.

import { useCallback } from "react";
import type { Box } from "../../markdown/task-list";
import { tick } from "../../markdown/task-list";
import type { Id, Problem } from "../../sync/model";
import type { Outcome } from "../../sync/outbox";
import { useStore, useSubmit } from "../../sync/react";
import type { ProjectStore } from "../../sync/store";
import { type Block, mergeTexts, textOf } from "./merge";

export type Saved =
  | { readonly kind: "saved" }
  /** Somebody else's lines are in it too. `version` is the event that undoing takes back. */
  | { readonly kind: "merged"; readonly version: number }
  /** Both changed the same lines: each block has to be chosen. `version` is that of their text. */
  | { readonly kind: "conflict"; readonly blocks: readonly Block[]; readonly theirs: string; readonly version: number }
  | { readonly kind: "refused"; readonly outcome: Outcome };

export interface Begun {
  readonly text: string;
  /** What the text was when it was begun, and the version of the task then. */
  readonly base: string;
  readonly version: number;
}

const attempts = 10;

export function useSaveText(task: Id): (begun: Begun) => Promise<Saved> {
  const store = useStore();
  const submit = useSubmit();
  return useCallback(
    async ({ text, base, version }) => {
      let [mine, from, expect, merged] = [text, base, version, false];
      for (let attempt = 0; ; attempt += 1) {
        const [outcome] = await submit({ type: "task.update", task, set: { description: mine }, expect });
        if (!outcome) throw new Error("a command got no answer");
        if (outcome.kind === "done") return merged ? { kind: "merged", version: outcome.version } : { kind: "saved" };
        if (outcome.problem.code !== "stale" || attempt === attempts) return { kind: "refused", outcome };
        const now = await newer(store, task, outcome.problem);
        if (now === null) return { kind: "refused", outcome };
        if (now.description !== from) {
          const blocks = mergeTexts(mine, from, now.description);
          const both = textOf(blocks);
          if (both === null) return { kind: "conflict", blocks, theirs: now.description, version: now.version };
          merged = true;
          mine = both;
        }
        [from, expect] = [now.description, now.version];
      }
    },
    [store, submit, task],
  );
}

/** Ticks a box: its line alone changes, on whatever the text is by then. */
export function useTick(task: Id): (box: Box, checked: boolean) => Promise<Outcome | null> {
  const store = useStore();
  const submit = useSubmit();
  return useCallback(
    async (box, checked) => {
      for (let attempt = 0; ; attempt += 1) {
        const shown = store.task(task);
        const version = store.base.task(task)?.version;
        const description = shown && tick(shown.description, box, checked);
        if (!description || version === undefined) return null;
        const [outcome] = await submit({ type: "task.update", task, set: { description }, expect: version });
        if (outcome?.kind !== "refused" || outcome.problem.code !== "stale" || attempt === attempts)
          return outcome ?? null;
        if ((await newer(store, task, outcome.problem)) === null) return outcome;
      }
    },
    [store, submit, task],
  );
}

/** The task as the server has it, when this browser has what the server refused it for. */
async function newer(store: ProjectStore, id: Id, problem: Problem) {
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
