import type { Priority } from "../sync/model";
import styles from "./priority-icon.module.css";

export const priorityNames: Record<Priority, string> = {
  none: "No priority",
  low: "Low",
  medium: "Medium",
  high: "High",
  urgent: "Urgent",
};

/** From the one that waits longest to the one that cannot. */
export const priorities: readonly Priority[] = ["none", "low", "medium", "high", "urgent"];

const bars = [
  { x: 1.5, y: 8, height: 4 },
  { x: 5.5, y: 5, height: 7 },
  { x: 9.5, y: 2, height: 10 },
];

function Shape({ priority }: { priority: Priority }) {
  if (priority === "none") return <path d="M1.5 7h2.5M5.75 7h2.5M10 7h2.5" className={styles.line} />;
  if (priority === "urgent")
    return (
      <path
        className={styles.urgent}
        d="M3.5 1h7A2.5 2.5 0 0 1 13 3.5v7a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 1 10.5v-7A2.5 2.5 0 0 1 3.5 1ZM6.2 3.6h1.6v4.4h-1.6ZM6.2 9.2h1.6v1.6h-1.6Z"
      />
    );
  const filled = priorities.indexOf(priority);
  return bars.map((bar, at) => (
    <rect key={bar.x} {...bar} width="3" rx="1" className={at < filled ? styles.filled : styles.rest} />
  ));
}

interface PriorityIconProps {
  priority: Priority;
  /** Its name stands beside it. */
  decorative?: boolean;
}

export function PriorityIcon({ priority, decorative }: PriorityIconProps) {
  const name = priorityNames[priority];
  const named = decorative ? { "aria-hidden": true } : { role: "img", "aria-label": `Priority: ${name}` };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has a title, or stands beside its name.
    <svg viewBox="0 0 14 14" width="14" height="14" {...named}>
      {!decorative && <title>{name}</title>}
      <Shape priority={priority} />
    </svg>
  );
}
