import styles from "./skeleton.module.css";

interface SkeletonProps {
  /** What is being loaded, for those who hear it. */
  label: string;
  rows?: number;
}

/** Only for a first load. Nothing is seen for 150 ms, because what comes sooner should not flicker. */
export function Skeleton({ label, rows = 3 }: SkeletonProps) {
  return (
    <div className={styles.skeleton} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without content have nothing else.
        <span key={row} className={styles.row} aria-hidden />
      ))}
    </div>
  );
}
