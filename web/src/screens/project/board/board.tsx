import { type FocusEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { usePeopleHere } from "../../../people/use-people";
import { useMe } from "../../../session/use-session";
import type { Id, Task } from "../../../sync/model";
import { useProject, useStore, useTopic } from "../../../sync/react";
import { announce } from "../../../ui/announce";
import { Button } from "../../../ui/button";
import { EmptyState } from "../../../ui/empty-state";
import { toast } from "../../../ui/toast";
import { statusOf, taskName } from "../../../words/tasks";
import { useClock } from "../../../words/use-clock";
import { ColumnMenu } from "../../settings/column-menu";
import { FieldPicker } from "../../task/field-picker";
import type { PropertyName } from "../../task/properties";
import { useSight } from "../filter/use-sight";
import { SelectedActions } from "../selected-actions";
import { Selection } from "../selection";
import { type Give, useGive } from "../use-give";
import styles from "./board.module.css";
import { Column } from "./column";
import { ColumnBar } from "./column-bar";
import { BoardContext } from "./context";
import { Dragging } from "./drag";
import { HiddenColumns } from "./hidden-columns";
import { useHideEmpty } from "./hide-empty";
import { followMouse } from "./mouse";
import { MovePicker } from "./move-picker";
import { neighbour } from "./moves";
import type { Place } from "./place";
import { type Shown, shownColumns } from "./recent";
import { forbidden } from "./rules";
import { followTouches } from "./touch";
import { faceOf, focusCard, useBoardKeys, useFocusFrom, whereIs } from "./use-board-keys";
import { useKeptFocus } from "./use-kept-focus";

interface BoardProps {
  readonly mayEdit: boolean;
  /** The task that is shown beside the board. */
  readonly opened: Id | null;
  readonly onOpen: (task: Task) => void;
}

interface Editing {
  /** As it was when its picker opened. */
  readonly task: Task;
  readonly property: PropertyName;
}

export function Board({ mayEdit, opened, onOpen }: BoardProps) {
  const project = useProject();
  const me = useMe();
  const people = usePeopleHere();
  const { today: day } = useClock();
  const sight = useSight();
  const shown = useMemo<Shown>(() => ({ day, zone: me.timezone, sight }), [day, me.timezone, sight]);
  const element = useRef<HTMLDivElement>(null);
  const hiding = useHideEmpty();
  const give = useGive();
  const move = useMove(give);
  const [selection] = useState(() => new Selection());
  const [moving, setMoving] = useState<Task | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const context = useMemo<BoardContext>(() => {
    const drop = (task: Id, place: Place) => move(task, place);
    return {
      dragging: new Dragging(drop),
      selection,
      mayEdit,
      people,
      open: onOpen,
      reveal: new Map(),
      create: new Map(),
    };
  }, [move, selection, mayEdit, people, onOpen]);
  useEffect(() => {
    const board = element.current;
    if (!board) return;
    const endings = [followMouse(board, context.dragging), followTouches(board, context.dragging, () => mayEdit)];
    return () => endings.forEach((end) => void end());
  }, [context, mayEdit]);
  const store = useStore();
  const enter = (event: FocusEvent) => {
    // Who comes out of it by Shift Tab goes on.
    if (event.target !== event.currentTarget || event.currentTarget.contains(event.relatedTarget)) return;
    const card = context.selection.current() ?? neighbour(shownColumns(store, shown), null, "down");
    if (card !== null) focusCard(store, context, card);
  };
  const edit = useCallback((task: Task, property: PropertyName) => setEditing({ task, property }), []);
  const endEdit = useCallback(() => {
    setEditing(null);
    if (!editing) return;
    const { task } = editing;
    if (store.task(task.id)?.status !== task.status) announce(whereIs(store, task.id));
    focusCard(store, context, context.selection.current() ?? task.id);
  }, [editing, store, context]);
  useBoardKeys({ context, shown, give, onMove: setMoving, onEdit: edit });
  useKeptFocus(context, shown, me.id);
  useFocusFrom(opened, context);
  const isEmpty = useTopic("tasks", ({ view }) => view.tasks().next().done === true);
  const { statuses } = project.workflow;
  return (
    <BoardContext.Provider value={context}>
      <ColumnBar board={element} hiding={hiding} />
      <section
        className={styles.board}
        ref={element}
        data-board
        aria-label="Board"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls takes the focus, and hands it on to a card.
        tabIndex={0}
        onFocus={enter}
      >
        {statuses.map((status, index) => (
          <Column
            key={status.key}
            status={status}
            today={shown}
            hidesEmpty={hiding.keys.includes(status.key)}
            menu={<ColumnMenu status={status} hiding={hiding} />}
            hint={
              isEmpty && mayEdit && index === 0 && <FirstTask onCreate={() => context.create.get(status.key)?.()} />
            }
          />
        ))}
        <HiddenColumns hiding={hiding} />
      </section>
      <SelectedActions
        selected={() => store.task(selection.current() ?? "")}
        onEdit={edit}
        onMove={setMoving}
        onCreate={() => {
          const task = store.task(selection.current() ?? "");
          context.create.get(task?.status ?? statuses[0]?.key ?? "")?.();
        }}
      />
      {editing && (
        <FieldPicker
          task={editing.task.id}
          property={editing.property}
          anchor={faceOf(editing.task.id)}
          onClose={endEdit}
        />
      )}
      {moving && (
        <MovePicker
          key={moving.id}
          task={moving}
          anchor={faceOf(moving.id)}
          onMove={(place) => move(moving.id, place)}
          onClose={() => setMoving(null)}
        />
      )}
    </BoardContext.Provider>
  );
}

/** What a project without tasks begins with. */
function FirstTask({ onCreate }: { onCreate: () => void }) {
  return (
    <EmptyState
      title="No tasks yet"
      text="Several lines pasted as a title make as many tasks."
      shortcut="C"
      action={
        <Button kind="primary" onClick={onCreate}>
          Create a task
        </Button>
      }
    />
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
