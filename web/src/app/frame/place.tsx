import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import styles from "./frame.module.css";

interface PlaceProps {
  href: string;
  icon?: ReactNode;
  count?: number;
  /** What lies below the address counts as there too. */
  within?: boolean;
  children: string;
}

/** A way to a screen, marked when one is there. */
export function Place({ href, icon, count = 0, within = false, children }: PlaceProps) {
  const [here] = useLocation();
  const isHere = here === href || (within && here.startsWith(`${href}/`));
  return (
    <Link href={href} className={styles.place} aria-current={isHere ? "page" : undefined}>
      {icon}
      <span className={styles.name} dir="auto" title={children}>
        {children}
      </span>
      {count > 0 ? (
        <span className={styles.count}>
          {count > 99 ? "99+" : count}
          <span className={styles.heard}> unread</span>
        </span>
      ) : null}
    </Link>
  );
}

interface PlaceButtonProps {
  icon: ReactNode;
  after?: ReactNode;
  onPress(): void;
  children: string;
}

/** What opens over the screen, among the ways to the screens. */
export function PlaceButton({ icon, after, onPress, children }: PlaceButtonProps) {
  return (
    <button type="button" className={styles.place} onClick={onPress}>
      {icon}
      <span className={styles.name}>{children}</span>
      {after}
    </button>
  );
}
