import { type ReactNode, useId } from "react";
import styles from "./section.module.css";

interface Props {
  title: string;
  about?: string;
  /** What went wrong last. */
  problem?: string | null;
  children?: ReactNode;
}

export function Section({ title, about, problem, children }: Props) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      {about !== undefined && <p className={styles.about}>{about}</p>}
      {problem && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {children}
    </section>
  );
}
