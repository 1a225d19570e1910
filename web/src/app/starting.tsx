import styles from "./app.module.css";

/** While it isn't known who is signed in. It appears after a while only, by its style. */
export function Starting() {
  return (
    <main className={styles.starting} role="status">
      Connecting…
    </main>
  );
}
