// Which tasks leave a finished column together, and with what.

import type { Command, Id, Status } from "../../sync/model";
import type { Outcome } from "../../sync/outbox";
import type { ProjectStore } from "../../sync/store";
import { recentlyDone, type Today } from "../project/board/recent";
import { forbidden } from "../project/board/rules";

/** The tasks of a column that were not finished in the last 14 days. */
export function longDone(store: ProjectStore, status: string, today: Today): Id[] {
  const all = store.column(status);
  const recent = new Set(recentlyDone(store, all, today));
  return all.filter((id) => !recent.has(id));
}

export interface Archiving {
  readonly commands: readonly Command[];
  /** How many leave that are not among the chosen ones: what is below them goes along. */
  readonly along: number;
}

/** Archives these tasks. What is below another of them goes with it, so it has no command of its own. */
export function archivingOf(store: ProjectStore, ids: readonly Id[]): Archiving {
  const chosen = new Set(ids);
  const tops = ids.filter((id) => !isBelow(store, id, chosen));
  const leaving = new Set(tops);
  // A set is walked in the order in which it grows.
  for (const id of leaving) for (const child of store.children(id)) leaving.add(child);
  return { commands: tops.map((task) => ({ type: "task.archive", task })), along: leaving.size - chosen.size };
}

function isBelow(store: ProjectStore, id: Id, chosen: ReadonlySet<Id>): boolean {
  const seen = new Set([id]);
  for (let at = store.task(id)?.parent; at && !seen.has(at); at = store.task(at)?.parent) {
    if (chosen.has(at)) return true;
    seen.add(at);
  }
  return false;
}

export interface Moving {
  readonly commands: readonly Command[];
  /** Why the first of those that stay does. */
  readonly reason: string | null;
}

/** Moves all of a column to the end of another one, in their order, as far as the rules let them. */
export function movingOf(store: ProjectStore, from: string, to: Status): Moving {
  const commands: Command[] = [];
  let reason: string | null = null;
  for (const id of store.column(from)) {
    const task = store.task(id);
    const stays = task ? forbidden(store.view, task, to) : null;
    if (stays === null) commands.push({ type: "task.move", task: id, status: to.key });
    else reason ??= stays;
  }
  return { commands, reason };
}

/** The commands that take back what these outcomes did, the last first. */
export function takingBack(outcomes: readonly Outcome[]): Command[] {
  const done = outcomes.flatMap((outcome) => (outcome.kind === "done" && outcome.event ? [outcome.version] : []));
  return done.reverse().map((version) => ({ type: "event.undo", version }));
}
