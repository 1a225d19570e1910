import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { classes } from "./classes";
import styles from "./popover.module.css";

interface PopoverProps {
  /** The button that opens it. Without one, `open` and `anchor` are given. */
  trigger?: ReactElement;
  anchor?: HTMLElement | null;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Its name: seen, unless `hideTitle`. */
  title: string;
  hideTitle?: boolean;
  side?: "top" | "bottom" | "left" | "right";
  align?: "start" | "center" | "end";
  className?: string | undefined;
  children: ReactNode;
}

export function Popover(props: PopoverProps) {
  const { trigger, anchor, open, onOpenChange, title, hideTitle, className, children } = props;
  const { side = "bottom", align = "start" } = props;
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner
          anchor={anchor ?? undefined}
          className={styles.positioner}
          side={side}
          align={align}
          sideOffset={4}
          collisionPadding={8}
        >
          <Base.Popup
            className={classes(styles.popup, className)}
            finalFocus={trigger ? undefined : () => anchor ?? true}
          >
            <Base.Title className={hideTitle ? styles.hidden : styles.title}>{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Closes the popover it stands in. */
export const PopoverClose = Base.Close;
