import styles from "./app.module.css";

/** While it isn't known who is signed in. It appears after a while only, by its style. */
export function Starting({ trouble }: { trouble: string | undefined }) {
  return (
    <main className={styles.starting} role="status">
      <p>Connecting…</p>
      {trouble === undefined ? null : <p>{trouble}</p>}
    </main>
  );
}
