import type { ReactNode } from "react";
import styles from "./empty-state.module.css";
import { Kbd } from "./kbd";

interface EmptyStateProps {
  title: string;
  /** The next step, in a sentence. */
  text?: ReactNode;
  shortcut?: string;
  action?: ReactNode;
}

export function EmptyState({ title, text, shortcut, action }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <h2 className={styles.title}>{title}</h2>
      {text && <p className={styles.text}>{text}</p>}
      {(action || shortcut) && (
        <div className={styles.action}>
          {action}
          {shortcut && <Kbd keys={shortcut} />}
        </div>
      )}
    </div>
  );
}
