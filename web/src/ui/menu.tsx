import { Menu as Base } from "@base-ui/react/menu";
import Check from "lucide-react/icons/check";
import ChevronRight from "lucide-react/icons/chevron-right";
import type { ReactElement, ReactNode } from "react";
import { Link } from "wouter";
import { classes } from "./classes";
import { Kbd } from "./kbd";
import styles from "./menu.module.css";

export interface MenuAction {
  key: string;
  name: string;
  icon?: ReactNode;
  shortcut?: string;
  /** Said beside the name: a count, or why it cannot be chosen. */
  hint?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  /** A mark for "this is so": makes the entry one of a choice. */
  checked?: boolean;
  /** Where the entry leads: then it is a link. */
  href?: string;
  onSelect?: () => void;
  /** A menu of its own. */
  items?: readonly MenuEntry[];
}

export type MenuEntry = MenuAction | { key: string; separator: true } | { key: string; heading: string };

interface MenuProps {
  trigger: ReactElement;
  items: readonly MenuEntry[];
  side?: "top" | "bottom" | "left" | "right";
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

export function Menu({ trigger, items, side = "bottom", align = "start", open, onOpenChange }: MenuProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange} modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} align={align} sideOffset={4} collisionPadding={8}>
          <Base.Popup className={styles.popup}>{items.map(entry)}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function entry(item: MenuEntry): ReactNode {
  if ("separator" in item) return <Base.Separator key={item.key} className={styles.separator} />;
  if ("heading" in item)
    return (
      <div key={item.key} className={styles.heading}>
        {item.heading}
      </div>
    );
  if (item.items) return <Submenu key={item.key} item={item} items={item.items} />;
  if (item.href !== undefined)
    return (
      <Base.LinkItem key={item.key} className={styles.item} closeOnClick render={<Link href={item.href} />}>
        <Inside item={item} />
      </Base.LinkItem>
    );
  const shared = {
    className: classes(styles.item, item.danger && styles.danger),
    disabled: item.disabled ?? false,
    closeOnClick: true,
  };
  if (item.checked !== undefined)
    return (
      <Base.CheckboxItem key={item.key} {...shared} checked={item.checked} onCheckedChange={() => item.onSelect?.()}>
        <Inside item={item} />
      </Base.CheckboxItem>
    );
  return (
    <Base.Item key={item.key} {...shared} onClick={() => item.onSelect?.()}>
      <Inside item={item} />
    </Base.Item>
  );
}

function Inside({ item }: { item: MenuAction }) {
  return (
    <>
      {item.icon && <span className={styles.icon}>{item.icon}</span>}
      <span className={styles.name}>{item.name}</span>
      {item.hint && <span className={styles.hint}>{item.hint}</span>}
      {item.shortcut && <Kbd keys={item.shortcut} />}
      {item.checked && <Check className={styles.check} aria-hidden />}
    </>
  );
}

function Submenu({ item, items }: { item: MenuAction; items: readonly MenuEntry[] }) {
  return (
    <Base.SubmenuRoot>
      <Base.SubmenuTrigger className={styles.item}>
        <Inside item={item} />
        <ChevronRight className={styles.check} aria-hidden />
      </Base.SubmenuTrigger>
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={2} alignOffset={-4} collisionPadding={8}>
          <Base.Popup className={styles.popup}>{items.map(entry)}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.SubmenuRoot>
  );
}
