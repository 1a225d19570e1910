import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import styles from "./chip.module.css";
import { type Hue, hueOfColor } from "./hue";

interface ChipProps {
  name: string;
  /** A label's colour, `#d4380d`: the nearest hue that is readable in both themes is drawn. */
  color?: string;
  hue?: Hue;
  icon?: ReactNode;
  /** Makes it one that can be taken away. */
  onRemove?: () => void;
}

export function Chip({ name, color, hue, icon, onRemove }: ChipProps) {
  const drawn = hue ?? (color === undefined ? null : hueOfColor(color));
  return (
    <span className={styles.chip} data-hue={drawn ?? undefined} data-removable={onRemove ? true : undefined}>
      {icon}
      <span className={styles.name} title={name} dir="auto">
        {name}
      </span>
      {onRemove && (
        <button type="button" className={styles.remove} aria-label={`Remove ${name}`} onClick={onRemove}>
          <X aria-hidden />
        </button>
      )}
    </span>
  );
}

/** The colour of a label as a dot, for lists where the name stands beside it. */
export function ColorDot({ color }: { color: string }) {
  return <span className={styles.dot} data-hue={hueOfColor(color) ?? undefined} aria-hidden />;
}
