import { useProject } from "../../sync/react";
import { useTitle } from "../../words/use-title";
import { Columns } from "./columns";
import { Danger } from "./danger";
import { Fields } from "./fields";
import { General } from "./general";
import { Invitations } from "./invitations-section";
import { Labels } from "./labels";
import { Members } from "./members";
import styles from "./settings.module.css";
import { useRights } from "./use-rights";

/** Everything about a project that is not a task. It stands inside of an open project. */
export function ProjectSettings() {
  const { owns, reason } = useRights();
  useTitle(`Settings of ${useProject().name}`);
  return (
    <div className={styles.screen}>
      <div className={styles.page}>
        {reason && <p className={styles.reason}>{reason}</p>}
        <Members />
        {owns && <Invitations />}
        <Columns />
        <Labels />
        <Fields />
        <General />
        {owns && <Danger />}
      </div>
    </div>
  );
}
