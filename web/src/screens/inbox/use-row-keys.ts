import { type RefObject, useEffect, useRef, useState } from "react";
import { useLetters } from "../letters";
import type { Row } from "./model";
import type { Mark } from "./queries";
import { markOf } from "./row";

/** Which row had the focus last, so that Back from a task comes to it again. */
let lastKey: string | null = null;

interface RowKeys {
  list: RefObject<HTMLUListElement | null>;
  /** Which row the Tab key reaches. */
  focused: number;
  setFocused(index: number): void;
}

/** J and K go from row to row, E marks as read and U as unread. Enter is the link's own. */
export function useRowKeys(rows: readonly Row[], onMark: (mark: Mark) => void): RowKeys {
  const list = useRef<HTMLUListElement>(null);
  const [wanted, setFocused] = useState(0);
  const focused = Math.max(0, Math.min(wanted, rows.length - 1));
  const hadFocus = useRef(false);
  const isBack = useRef(lastKey !== null);
  useEffect(() => {
    if (!isBack.current || rows.length === 0) return;
    isBack.current = false;
    const index = rows.findIndex((row) => row.key === lastKey);
    if (index !== -1 && document.activeElement === document.body) focusRow(list.current, index);
  }, [rows]);
  useEffect(() => {
    // A row that was marked leaves the unread ones, and takes the focus with it.
    if (hadFocus.current && document.activeElement === document.body) focusRow(list.current, focused);
    hadFocus.current = list.current?.contains(document.activeElement) ?? false;
  });
  const go = (index: number) => focusRow(list.current, index);
  const begun = () => list.current?.contains(document.activeElement) ?? false;
  const mark = (unread: boolean) => {
    const row = begun() ? rows[focused] : undefined;
    if (row && row.unread !== unread) onMark(markOf(row, unread));
  };
  const next = () => go(begun() ? Math.min(focused + 1, rows.length - 1) : focused);
  const previous = () => go(begun() ? Math.max(focused - 1, 0) : focused);
  useLetters({
    j: next,
    k: previous,
    arrowdown: next,
    arrowup: previous,
    e: () => mark(false),
    u: () => mark(true),
  });
  const remember = (index: number) => {
    lastKey = rows[index]?.key ?? null;
    setFocused(index);
  };
  return { list, focused, setFocused: remember };
}

function focusRow(list: HTMLUListElement | null, index: number): void {
  list?.querySelectorAll<HTMLElement>("[data-row]")[index]?.focus();
}
