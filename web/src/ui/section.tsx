import { type ReactNode, useId } from "react";
import styles from "./section.module.css";

interface SectionProps {
  title: string;
  about?: ReactNode;
  /** A button beside the title. */
  action?: ReactNode;
  /** What went wrong last. */
  problem?: string | null;
  children?: ReactNode;
}

/** A part of a page of settings. */
export function Section({ title, about, action, problem, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {action}
      </header>
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
