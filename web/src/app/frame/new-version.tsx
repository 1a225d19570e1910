import { useEffect, useState } from "react";
import { onBuild } from "../../api/client";
import { Button } from "../../ui/button";
import styles from "./frame.module.css";

/** The server was replaced by another build, which has another page. The reader chooses when to load it. */
export function NewVersion() {
  const [isNew, setNew] = useState(false);
  useEffect(() => onBuild(() => setNew(true)), []);
  if (!isNew) return null;
  return (
    <div role="status" className={styles.version}>
      New version
      <Button kind="quiet" onClick={() => window.location.reload()}>
        Reload
      </Button>
    </div>
  );
}
