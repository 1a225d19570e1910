import { useMe } from "../../session/use-session";
import { useTitle } from "../../words/use-title";
import { NotHere } from "../not-here";
import { Accounts } from "./accounts";
import styles from "./admin.module.css";
import { InstanceSettings } from "./instance-settings";
import { OpenInvitations } from "./open-invitations";

/** For who administers the installation. To anybody else it isn't there. */
export function AdminScreen() {
  const { admin } = useMe();
  useTitle("Administration");
  if (!admin) return <NotHere />;
  return (
    <main className={styles.screen}>
      <header className={styles.head}>
        <h1>Administration</h1>
      </header>
      <div className={styles.page}>
        <Accounts />
        <OpenInvitations />
        <InstanceSettings />
      </div>
    </main>
  );
}
