import { type FocusEvent, useCallback, useEffect, useMemo, useRef } from "react";
import type { People } from "../../../people/people";
import { usePeopleHere } from "../../../people/use-people";
import { useMe } from "../../../session/use-session";
import type { Command, Id, Task } from "../../../sync/model";
import { useProject, useStore, useSubmit } from "../../../sync/react";
import type { ProjectStore } from "../../../sync/store";
import { announce } from "../../../ui/announce";
import { toast } from "../../../ui/toast";
import { explain } from "../../../words/problems";
import { statusOf, taskName } from "../../../words/tasks";
import { useClock } from "../../../words/use-clock";
import { ColumnMenu } from "../../settings/column-menu";
import { useFilter } from "../filter/use-filter";
import styles from "./board.module.css";
import { Column } from "./column";
import { BoardContext, Selection } from "./context";
import { Dragging } from "./drag";
import { HiddenColumns } from "./hidden-columns";
import { useHideEmpty } from "./hide-empty";
import { boardKey } from "./keys";
import { followMouse } from "./mouse";
import { type Direction, moveBy, neighbour } from "./moves";
import type { Place } from "./place";
import { type Shown, shownColumn, shownColumns } from "./recent";
import { forbidden } from "./rules";
import { followTouches } from "./touch";

interface BoardProps {
  readonly mayEdit: boolean;
  /** The task beside the board. */
  readonly opened: Id | null;
  readonly onOpen: (task: Task) => void;
}

export function Board({ mayEdit, opened, onOpen }: BoardProps) {
  const project = useProject();
  const me = useMe();
  const people = usePeopleHere();
  const { today: day } = useClock();
  const { filter } = useFilter();
  const shown = useMemo<Shown>(
    () => ({ day, zone: me.timezone, filter, me: me.id }),
    [day, me.timezone, filter, me.id],
  );
  const element = useRef<HTMLDivElement>(null);
  const hiding = useHideEmpty();
  const give = useGive(people, me.id);
  const move = useMove(give);
  const context = useMemo<BoardContext>(() => {
    const drop = (task: Id, place: Place) => move(task, place);
    return {
      dragging: new Dragging(drop),
      selection: new Selection(),
      mayEdit,
      people,
      open: onOpen,
      reveal: new Map(),
    };
  }, [move, mayEdit, people, onOpen]);
  useEffect(() => {
    const board = element.current;
    if (!board) return;
    const endings = [followMouse(board, context.dragging), followTouches(board, context.dragging, () => mayEdit)];
    return () => endings.forEach((end) => void end());
  }, [context, mayEdit]);
  const store = useStore();
  const enter = (event: FocusEvent) => {
    if (event.target !== event.currentTarget) return;
    const card = context.selection.current() ?? neighbour(shownColumns(store, shown), null, "down");
    if (card !== null) focusCard(store, context, card);
  };
  useBoardKeys({ context, shown, give });
  useKeptFocus({ context, shown });
  useReturnedFocus(context, opened);
  return (
    <BoardContext.Provider value={context}>
      <section
        className={styles.board}
        ref={element}
        data-board
        aria-label="Board"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls takes the focus, and hands it on to a card.
        tabIndex={0}
        onFocus={enter}
      >
        {project.workflow.statuses.map((status) => (
          <Column
            key={status.key}
            status={status}
            today={shown}
            hidesEmpty={hiding.keys.includes(status.key)}
            menu={<ColumnMenu status={status} hiding={hiding} />}
          />
        ))}
        <HiddenColumns hiding={hiding} />
      </section>
    </BoardContext.Provider>
  );
}

/** Moves a card, says where it went, and says why not when it was refused. */
function useMove(give: Give): (task: Id, place: Pick<Place, "status" | "after" | "before">) => void {
  const store = useStore();
  return useCallback(
    (id, place) => {
      const task = store.task(id);
      const status = statusOf(store.view.project, place.status);
      if (!task || !status) return;
      const reason = forbidden(store.view, task, status);
      if (reason !== null) {
        toast.show({ text: `${taskName(store.view.project, task)}: ${reason}`, refused: true });
        return;
      }
      const neighbours = place.after ? { after: place.after } : place.before ? { before: place.before } : {};
      const changed = place.status === task.status ? {} : { status: place.status };
      if (place.status === task.status && Object.keys(neighbours).length === 0) return;
      give({ type: "task.move", task: id, ...changed, ...neighbours });
      announce(whereIs(store, id));
    },
    [store, give],
  );
}

function whereIs(store: ProjectStore, id: Id): string {
  const task = store.task(id);
  if (!task) return "";
  const column = store.column(task.status);
  const status = statusOf(store.view.project, task.status)?.name ?? task.status;
  return `${taskName(store.view.project, task)} to ${status}, ${column.indexOf(id) + 1} of ${column.length}`;
}

type Give = (command: Command) => void;

/** Gives a command, and says why when it is refused. */
function useGive(people: People, me: Id): Give {
  const store = useStore();
  const submit = useSubmit();
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

interface Keys {
  readonly give: Give;
  readonly context: BoardContext;
  readonly shown: Shown;
}

function useBoardKeys({ context, shown, give }: Keys): void {
  const store = useStore();
  const { selection, mayEdit, open } = context;
  useEffect(() => {
    const select = (direction: Direction) => {
      const next = neighbour(shownColumns(store, shown), selection.current(), direction);
      selection.select(next);
      if (next !== null) focusCard(store, context, next);
    };
    const move = (direction: Direction) => {
      const task = store.task(selection.current() ?? "");
      const command = task && moveBy(store.view.project, columnOf(store, shown), task, direction);
      if (!command || !mayEdit) return;
      give(command);
      announce(whereIs(store, command.task));
      focusCard(store, context, command.task);
    };
    const key = (event: KeyboardEvent) => {
      const pressed = event.defaultPrevented || overlaid() ? null : boardKey(event);
      const task = store.task(selection.current() ?? "");
      if (pressed?.kind === "select") select(pressed.direction);
      else if (pressed?.kind === "move") move(pressed.direction);
      else if (pressed?.kind === "open" && task && event.target === document.body) open(task);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [store, give, context, selection, mayEdit, open, shown]);
}

/** Keeps focus on a card when the focused one is moved or taken away by somebody else. */
function useKeptFocus({ context, shown }: Omit<Keys, "give">): void {
  const store = useStore();
  useEffect(() => {
    let last: { id: Id; columns: readonly (readonly Id[])[] } | null = null;
    return store.on("changed", () => {
      const id = context.selection.current();
      const columns = shownColumns(store, shown);
      const focused =
        document.activeElement?.closest("[data-card]") != null || document.activeElement === document.body;
      const here = id !== null && columns.some((ids) => ids.includes(id));
      if (id !== null && focused && !here && last?.id === id) {
        const next = neighbour(last.columns, id, "down");
        const left = next === id ? neighbour(columns, null, "down") : next;
        context.selection.select(left);
        if (left !== null) focusCard(store, context, left);
      } else if (id !== null && here && focused) {
        requestAnimationFrame(() => document.activeElement === document.body && focusCard(store, context, id));
      }
      last = id === null ? null : { id, columns };
    });
  }, [store, context, shown]);
}

/** A column as it is shown, so that a key moves a card past the one that is seen there. */
function columnOf(store: ProjectStore, shown: Shown): (status: string) => readonly Id[] {
  return (key) => {
    const status = statusOf(store.view.project, key);
    return status ? shownColumn(store, status, shown) : [];
  };
}

/** Focuses the card of a task that is closed. */
function useReturnedFocus(context: BoardContext, opened: Id | null): void {
  const store = useStore();
  const last = useRef(opened);
  useEffect(() => {
    const closed = opened === null ? last.current : null;
    last.current = opened;
    if (closed === null || document.activeElement !== document.body) return;
    context.selection.select(closed);
    focusCard(store, context, closed);
  }, [store, context, opened]);
}

/** Whether a dialog, a menu or the task panel has the keys. */
function overlaid(): boolean {
  return document.activeElement?.closest("[role=dialog],[role=menu],[role=listbox],[data-panel]") != null;
}

/** Focuses a card, once it is drawn: the one it moved from is gone by then. */
function focusCard(store: ProjectStore, context: BoardContext, id: Id): void {
  context.reveal.get(store.task(id)?.status ?? "")?.(id);
  requestAnimationFrame(() => {
    const face = document.querySelector<HTMLElement>(`[data-face="${CSS.escape(id)}"]`);
    face?.focus({ preventScroll: true });
    face?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}
