import type { Category } from "../sync/model";
import styles from "./status-icon.module.css";

interface StatusIconProps {
  category: Category;
  /** For active statuses: the k-th of n, which fills k/(n+1) of the ring. */
  position?: { k: number; n: number };
  /** The status's name, where it does not stand beside it. */
  label?: string;
}

const middle = 7;

// One path each, filled by the even-odd rule: the ground shows through what is cut out.
const disc = "M7 .5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13Z";
const tick = "M4.83 6.67 6.16 8 9.24 4.5 10.36 5.5 6.24 10.2 3.77 7.73Z";
const cross =
  "M7 5.94 8.72 4.22 9.78 5.28 8.06 7 9.78 8.72 8.72 9.78 7 8.06 5.28 9.78 4.22 8.72 5.94 7 4.22 5.28 5.28 4.22Z";

/** A sector from twelve o'clock clockwise, `share` of the whole. */
function sector(share: number, radius: number): string {
  const angle = 2 * Math.PI * share;
  const x = middle + radius * Math.sin(angle);
  const y = middle - radius * Math.cos(angle);
  const large = share > 0.5 ? 1 : 0;
  return `M7 7V${middle - radius}A${radius} ${radius} 0 ${large} 1 ${x.toFixed(3)} ${y.toFixed(3)}Z`;
}

function Shape({ category, position }: Pick<StatusIconProps, "category" | "position">) {
  switch (category) {
    case "backlog":
      return <circle cx="7" cy="7" r="5.75" strokeDasharray="2.2 1.41" />;
    case "open":
      return <circle cx="7" cy="7" r="5.75" />;
    case "active": {
      const { k, n } = position ?? { k: 1, n: 1 };
      return (
        <>
          <circle cx="7" cy="7" r="5.75" />
          <path d={sector(k / (n + 1), 3.75)} className={styles.filled} />
        </>
      );
    }
    case "done":
      return <path d={disc + tick} className={styles.disc} />;
    case "cancelled":
      return <path d={disc + cross} className={styles.disc} />;
  }
}

export function StatusIcon({ category, position, label }: StatusIconProps) {
  const named = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has a title, or stands beside its name.
    <svg className={styles.icon} data-category={category} viewBox="0 0 14 14" width="14" height="14" {...named}>
      {label && <title>{label}</title>}
      <Shape category={category} {...(position && { position })} />
    </svg>
  );
}
