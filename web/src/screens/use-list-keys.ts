import { type RefObject, useRef } from "react";
import { useLetters } from "./letters";

/** J, K and the arrows go through the `data-row` elements below the answered one. Enter is a link's own. */
export function useListKeys(): RefObject<HTMLDivElement | null> {
  const list = useRef<HTMLDivElement>(null);
  const step = (places: number) => {
    const rows: (Element | null)[] = [...(list.current?.querySelectorAll("[data-row]") ?? [])];
    const at = rows.indexOf(document.activeElement);
    const row = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + places))];
    if (row instanceof HTMLElement) row.focus();
  };
  const next = () => step(1);
  const previous = () => step(-1);
  useLetters({ j: next, k: previous, arrowdown: next, arrowup: previous });
  return list;
}
