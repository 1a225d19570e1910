import { useState } from "react";
import { useMe } from "../../session/use-session";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Menu, type MenuEntry } from "../../ui/menu";
import { signOut } from "../sign-out";
import { chooseTheme, type Theme, themeHere, themes } from "../theme";
import styles from "./frame.module.css";

/** The own name, and what belongs to the account. */
export function AccountMenu() {
  const me = useMe();
  const [theme, setTheme] = useState(themeHere);
  const choose = (chosen: Theme) => {
    setTheme(chosen);
    chooseTheme(chosen);
  };
  const items: MenuEntry[] = [
    { key: "account", name: "Account", href: "/account" },
    ...(me.admin ? [{ key: "admin", name: "Administration", href: "/admin" }] : []),
    {
      key: "theme",
      name: "Theme",
      items: themes.map(({ value, name }) => ({
        key: value,
        name,
        checked: value === theme,
        onSelect: () => choose(value),
      })),
    },
    { key: "line", separator: true },
    { key: "out", name: "Sign out", onSelect: () => void signOut() },
  ];
  return (
    <Menu
      trigger={
        <Button kind="quiet" className={styles.account}>
          <Avatar person={me} decorative />
          <span className={styles.name} dir="auto">
            {me.name}
          </span>
        </Button>
      }
      items={items}
      side="top"
      onOpenChange={() => setTheme(themeHere())}
    />
  );
}
