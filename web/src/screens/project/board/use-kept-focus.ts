import { useEffect } from "react";
import type { Id } from "../../../sync/model";
import { useStore } from "../../../sync/react";
import type { ProjectStore } from "../../../sync/store";
import { statusOf } from "../../../words/tasks";
import type { BoardContext } from "./context";
import { isShown, type Shown, shownColumn } from "./recent";
import { focusCard } from "./use-board-keys";

/** The selected card as it stood. */
interface Stood {
  readonly id: Id;
  readonly status: string;
  readonly column: readonly Id[];
  readonly isShown: boolean;
}

/** The focus stays in the column when somebody else moves the focused card away, deletes it, or takes it out of the filter. */
export function useKeptFocus(context: BoardContext, shown: Shown, me: Id): void {
  const store = useStore();
  useEffect(() => {
    const { selection } = context;
    const moved = new Set<Id>();
    let stood: Stood | null = null;
    const look = () => {
      stood = standing(store, selection.current(), shown);
    };
    const change = () => {
      const before = stood;
      look();
      const theirs = before !== null && moved.has(before.id);
      moved.clear();
      if (before === null || !isOnBoard()) return;
      if (isLost(before, stood, theirs)) focusNext(store, context, shown, before);
      else whenLost(() => focusCard(store, context, before.id));
    };
    look();
    const endings = [
      selection.follow(look),
      store.onEvent(({ type, actor, data }) => void (type === "task.moved" && actor !== me && moved.add(data.task))),
      store.on("changed", change),
    ];
    return () => endings.forEach((end) => void end());
  }, [store, context, shown, me]);
}

function standing(store: ProjectStore, id: Id | null, shown: Shown): Stood | null {
  const task = id === null ? undefined : store.task(id);
  if (!task) return null;
  const { status } = task;
  return { id: task.id, status, column: store.column(status), isShown: isShown(store, task.id, shown) };
}

/** One's own move takes the focus along. */
function isLost(before: Stood, now: Stood | null, theirs: boolean): boolean {
  if (now === null || (before.isShown && !now.isShown)) return true;
  return theirs && now.status !== before.status;
}

/** To the next card of the column that is shown, else the one before, else the head of the column. */
function focusNext(store: ProjectStore, context: BoardContext, shown: Shown, { id, status, column }: Stood): void {
  const found = statusOf(store.view.project, status);
  const left = new Set(found ? shownColumn(store, found, shown) : []);
  left.delete(id);
  const at = column.indexOf(id);
  const next = column.slice(at).find((one) => left.has(one)) ?? column.slice(0, at).findLast((one) => left.has(one));
  context.selection.select(next ?? null);
  if (next !== undefined) focusCard(store, context, next);
  else whenLost(() => headOf(status)?.focus());
}

/** The board has the focus, or a list that floats above it, or nothing has it since its card is gone. */
function isOnBoard(): boolean {
  const active = document.activeElement;
  return (
    active === null || active === document.body || active.closest("[data-board],[role=dialog],[role=listbox]") !== null
  );
}

/** Once the change is drawn. */
function whenLost(focus: () => void): void {
  requestAnimationFrame(() => document.activeElement === document.body && focus());
}

const headOf = (status: string): HTMLElement | null =>
  document.querySelector(`[data-status="${CSS.escape(status)}"] h2`) ?? document.querySelector("[data-board]");
