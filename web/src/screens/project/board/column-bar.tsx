import { type RefObject, useEffect, useRef, useState } from "react";
import type { Status } from "../../../sync/model";
import { useColumn, useProject } from "../../../sync/react";
import { countWords } from "../../../words/tasks";
import { usePassing } from "../filter/use-sight";
import styles from "./column-bar.module.css";
import type { HideEmpty } from "./hide-empty";

interface ColumnBarProps {
  readonly board: RefObject<HTMLElement | null>;
  readonly hiding: HideEmpty;
}

/** The names of the columns on a phone, which shows one at a time. A press goes there, as a swipe does. */
export function ColumnBar({ board, hiding }: ColumnBarProps) {
  const { statuses } = useProject().workflow;
  const current = useCurrent(board) ?? statuses[0]?.key;
  const show = (key: string) => {
    const column = board.current?.querySelector(`[data-status="${CSS.escape(key)}"]`);
    column?.scrollIntoView({ behavior: "smooth", block: "nearest", inline: "center" });
  };
  return (
    <nav className={styles.bar} aria-label="Columns">
      {statuses.map((status) => (
        <Name
          key={status.key}
          status={status}
          isCurrent={status.key === current}
          hidesEmpty={hiding.keys.includes(status.key)}
          onShow={show}
        />
      ))}
    </nav>
  );
}

interface NameProps {
  readonly status: Status;
  readonly isCurrent: boolean;
  readonly hidesEmpty: boolean;
  readonly onShow: (key: string) => void;
}

function Name({ status, isCurrent, hidesEmpty, onShow }: NameProps) {
  const all = useColumn(status.key).length;
  const count = countWords(usePassing(status.key), all);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent) button.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isCurrent]);
  if (hidesEmpty && all === 0) return null;
  return (
    <button
      ref={button}
      type="button"
      className={styles.name}
      aria-current={isCurrent || undefined}
      onClick={() => onShow(status.key)}
    >
      <span dir="auto">{status.name}</span> <span className={styles.count}>{count}</span>
    </button>
  );
}

/** The column nearest to the middle of the board. */
function useCurrent(board: RefObject<HTMLElement | null>): string | undefined {
  const [current, setCurrent] = useState<string>();
  useEffect(() => {
    const element = board.current;
    if (!element) return;
    const look = () => {
      const { left, width } = element.getBoundingClientRect();
      const away = (column: Element) => {
        const box = column.getBoundingClientRect();
        return Math.abs(box.left + box.width / 2 - left - width / 2);
      };
      const columns = [...element.querySelectorAll<HTMLElement>("[data-status]")];
      const [nearest] = columns.toSorted((one, other) => away(one) - away(other));
      setCurrent(nearest?.dataset["status"]);
    };
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  }, [board]);
  return current;
}
