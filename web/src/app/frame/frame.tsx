import { type ReactNode, useState } from "react";
import { NewProject } from "../../screens/projects/new-project";
import { Toasts } from "../../ui/toast";
import { BottomBar } from "./bottom-bar";
import styles from "./frame.module.css";
import { NewVersion } from "./new-version";
import { Sidebar } from "./sidebar";

/** What stands around every screen: the ways to the others. */
export function Frame({ children }: { children: ReactNode }) {
  const [isMaking, setMaking] = useState(false);
  return (
    <div className={styles.frame}>
      <Sidebar onNewProject={() => setMaking(true)} />
      <div className={styles.screen}>{children}</div>
      <BottomBar />
      <NewProject open={isMaking} onClose={() => setMaking(false)} />
      <NewVersion />
      <Toasts />
    </div>
  );
}
