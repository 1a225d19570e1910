import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Id } from "../../../sync/model";
import { useStore } from "../../../sync/react";
import { useLetters } from "../../letters";
import { propertyKeys } from "../../task/property-keys";
import type { Selection } from "../selection";
import type { Editing, ListContext } from "./context";
import { type Row, rowBeside, rowInstead } from "./rows";

interface Focusing {
  readonly rows: readonly Row[];
  readonly selection: Selection;
  readonly focus: (row: string) => void;
}

/** J, K and the arrows go from row to row; S A L P D and E change the selected one; C creates one. */
export function useRowKeys({ rows, focus }: Focusing, { selection, mayEdit, edit }: ListContext, begin: () => void) {
  const store = useStore();
  const step = (by: 1 | -1) => () => {
    const next = inPanel() ? null : rowBeside(rows, selection.current(), by);
    if (next !== null) focus(next);
  };
  const change = (field: Editing["field"]) => () => {
    const key = selection.current();
    const row = rows.find((one) => one.key === key);
    const task = row?.kind === "task" ? store.task(row.id) : undefined;
    if (task && key !== null && mayEdit && !inPanel()) edit({ row: key, task, field });
  };
  const fields = Object.entries(propertyKeys).map(([letter, field]) => [letter, change(field)] as const);
  const [next, previous] = [step(1), step(-1)];
  const moves = { j: next, k: previous, arrowdown: next, arrowup: previous };
  const create = () => void (mayEdit && !inPanel() && begin());
  useLetters({ ...moves, c: create, e: change("title"), ...Object.fromEntries(fields) });
}

/** The selected row goes along with one's own edit. When somebody else takes it away, the next one is selected. */
export function useKeptRow({ rows, selection, focus }: Focusing, edited: RefObject<Id | null>): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const last = before.current;
    before.current = rows;
    const key = selection.current();
    if (key === null || last === rows || rows.some((row) => row.key === key)) return;
    const instead = rowInstead(last, rows, key, edited.current);
    selection.select(instead);
    const { activeElement } = document;
    if (instead !== null && (activeElement === document.body || activeElement === null)) focus(instead);
  }, [rows, selection, focus, edited]);
}

/** The row of a task that was open beside the list has the focus again. */
export function useRowOfOpened(opened: Id | null, { rows, selection, focus }: Focusing): void {
  const last = useRef<Id | null>(null);
  useEffect(() => {
    const closed = last.current;
    last.current = opened;
    if (opened !== null || closed === null || document.activeElement !== document.body) return;
    const isOfClosed = (row: Row) => row.kind === "task" && row.id === closed;
    const row = rows.find((one) => one.key === selection.current() && isOfClosed(one)) ?? rows.find(isOfClosed);
    if (row) focus(row.key);
  }, [opened, rows, selection, focus]);
}

const inPanel = (): boolean => document.activeElement?.closest("[data-panel]") != null;
