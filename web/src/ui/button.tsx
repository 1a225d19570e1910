import type { ComponentPropsWithRef, ReactNode } from "react";
import styles from "./button.module.css";
import { classes } from "./classes";
import { ariaShortcut } from "./keyboard";
import { Tooltip } from "./tooltip";

export type ButtonKind = "primary" | "default" | "quiet" | "danger";

interface ButtonProps extends ComponentPropsWithRef<"button"> {
  kind?: ButtonKind;
  icon?: ReactNode;
}

export function Button({ kind = "default", icon, className, children, type = "button", ...rest }: ButtonProps) {
  return (
    <button type={type} className={classes(styles.button, styles[kind], className)} {...rest}>
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentPropsWithRef<"button"> {
  /** Its name: heard, and shown on hover and focus. */
  label: string;
  icon: ReactNode;
  shortcut?: string;
  /** For a button that stays down. */
  pressed?: boolean;
  size?: "control" | "small";
}

export function IconButton(props: IconButtonProps) {
  const { label, icon, shortcut, pressed, size = "control", className, type = "button", ...rest } = props;
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button
        type={type}
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={shortcut && ariaShortcut(shortcut)}
        className={classes(styles.button, styles.quiet, styles.square, size === "small" && styles.small, className)}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
