import { LivePill } from "./live-pill";
import styles from "./project-header.module.css";

/** The header where there is no project to name: how live the page is, and what waits or was refused. */
export function PlainHeader() {
  return (
    <header className={styles.header}>
      <span className={styles.end}>
        <LivePill />
      </span>
    </header>
  );
}
