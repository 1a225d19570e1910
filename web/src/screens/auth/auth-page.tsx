import type { ReactNode } from "react";
import { useTitle } from "../../words/use-title";
import styles from "./auth.module.css";

interface AuthPageProps {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
}

/** The frame of what is shown to somebody who is not signed in. */
export function AuthPage({ title, lead, children }: AuthPageProps) {
  useTitle(title);
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <p className={styles.brand}>Lockstep</p>
        <h1 className={styles.title}>{title}</h1>
        {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        {children}
      </div>
    </main>
  );
}
