import { useVirtualizer } from "@tanstack/react-virtual";
import { type FocusEvent, useCallback, useMemo, useRef, useState } from "react";
import { usePeopleHere } from "../../../people/use-people";
import type { Id, Task } from "../../../sync/model";
import { useStore } from "../../../sync/react";
import { EmptyState } from "../../../ui/empty-state";
import { FieldPicker } from "../../task/field-picker";
import { useSight } from "../filter/use-sight";
import { SelectedActions } from "../selected-actions";
import { Selection } from "../selection";
import { type Editing, ListContext } from "./context";
import { Creating, useCreate } from "./creating";
import { Display } from "./display";
import { HeadRow } from "./head-row";
import styles from "./list.module.css";
import { rowBeside } from "./rows";
import { TaskRow } from "./task-row";
import { useKeptRow, useRowKeys, useRowOfOpened } from "./use-row-keys";
import { useRows } from "./use-rows";

/** As high as a finger needs, where there is one, and the line below. */
const rowHeight = () => (window.matchMedia("(pointer: coarse)").matches ? 45 : 34);

interface ListProps {
  readonly mayEdit: boolean;
  /** The task that is shown beside the list. */
  readonly opened: Id | null;
  readonly onOpen: (task: Task) => void;
}

/** The project as a list, grouped and ordered as the address asks for. */
export function List({ mayEdit, opened, onOpen }: ListProps) {
  const people = usePeopleHere();
  const { grouping, list: rows, toggle } = useRows(people);
  const { isWhole } = useSight();
  const store = useStore();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
  });
  const [selection] = useState(() => new Selection());
  const edited = useRef<Id | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const focus = useCallback(
    (key: string) => {
      selection.select(key);
      virtual.scrollToIndex(rows.findIndex((row) => row.key === key));
      requestAnimationFrame(() => elementOf(key, "[data-face]")?.focus({ preventScroll: true }));
    },
    [selection, virtual, rows],
  );
  const context = useMemo<ListContext>(() => {
    const edit = (next: Editing) => {
      edited.current = next.task.id;
      selection.select(next.row);
      setEditing(next);
    };
    // The row is another one when the edit has put the task into another group.
    const endEdit = () => {
      setEditing(null);
      requestAnimationFrame(() => elementOf(selection.current() ?? "", "[data-face]")?.focus());
    };
    return { people, mayEdit, selection, open: onOpen, edit, endEdit };
  }, [people, mayEdit, selection, onOpen]);
  const focusing = { rows, selection, focus };
  const { status: creatingIn, begin, end } = useCreate(rows, selection);
  const endCreating = () => {
    end();
    // A click elsewhere ends it too, and has taken the focus there.
    requestAnimationFrame(() => document.activeElement === document.body && context.endEdit());
  };
  useRowKeys(focusing, context, begin);
  useKeptRow(focusing, edited);
  useRowOfOpened(opened, focusing);
  const enter = (event: FocusEvent) => {
    if (event.target !== event.currentTarget || event.currentTarget.contains(event.relatedTarget)) return;
    const row = selection.current() ?? rowBeside(rows, null, 1);
    if (row !== null) focus(row);
  };
  return (
    <ListContext value={context}>
      <Display onCreate={mayEdit ? begin : null} />
      {creatingIn !== null && <Creating key={creatingIn} status={creatingIn} onEnd={endCreating} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls takes the focus, and hands it on to a row. */}
      <section className={styles.scroller} ref={scroller} aria-label="List" tabIndex={0} onFocus={enter}>
        {rows.length === 0 && <Nothing isWhole={isWhole} mayEdit={mayEdit} />}
        <ul className={styles.rows} style={{ blockSize: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start, size }) => {
            const row = rows[index];
            return (
              <li key={key} className={styles.row} style={{ transform: `translateY(${start}px)`, blockSize: size }}>
                {row?.kind === "head" && (
                  <HeadRow grouping={grouping} head={row.head} count={row.count} onToggle={() => toggle(row.head)} />
                )}
                {row?.kind === "task" && (
                  <TaskRow
                    row={row.key}
                    id={row.id}
                    editsTitle={editing?.field === "title" && editing.row === row.key}
                  />
                )}
              </li>
            );
          })}
        </ul>
      </section>
      <SelectedActions
        selected={() => {
          const row = rows.find(({ key }) => key === selection.current());
          return row?.kind === "task" ? store.task(row.id) : undefined;
        }}
        onEdit={(task, field) => context.edit({ row: selection.current() ?? "", task, field })}
        onCreate={begin}
      />
      {editing !== null && editing.field !== "title" && (
        <FieldPicker
          task={editing.task.id}
          property={editing.field}
          anchor={elementOf(editing.row, `[data-cell=${editing.field}]`) ?? elementOf(editing.row, "[data-face]")}
          onClose={context.endEdit}
        />
      )}
    </ListContext>
  );
}

function Nothing({ isWhole, mayEdit }: { isWhole: boolean; mayEdit: boolean }) {
  if (isWhole && mayEdit) return <EmptyState title="No tasks yet" text="Create the first one." shortcut="C" />;
  if (isWhole) return <EmptyState title="No tasks yet" />;
  return <EmptyState title="Nothing here" text="No task passes the filter." />;
}

/** Something of a row, where it is drawn. */
function elementOf(row: string, what: string): HTMLElement | null {
  const found = document.querySelector(`[data-row="${CSS.escape(row)}"]`)?.querySelector<HTMLElement>(what);
  return found?.offsetParent ? found : null;
}
