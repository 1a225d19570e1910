import styles from "./kbd.module.css";
import { shortcutParts } from "./keyboard";

/** A shortcut, `Mod+K`, `G B` (one after the other) or `S`. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className={styles.keys}>
      {keys
        .split(" ")
        .flatMap(shortcutParts)
        .map((part) => (
          <kbd key={part} className={styles.key}>
            {part}
          </kbd>
        ))}
    </span>
  );
}
