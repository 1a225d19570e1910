import { useState } from "react";
import { session } from "../../session/session";
import { useMe } from "../../session/use-session";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Menu, type MenuEntry } from "../../ui/menu";
import { signOut } from "../sign-out";
import { showTheme, type Theme, themeHere } from "../theme";
import styles from "./frame.module.css";

const THEMES: readonly { value: Theme; name: string }[] = [
  { value: "system", name: "As the system" },
  { value: "light", name: "Light" },
  { value: "dark", name: "Dark" },
];

/** The own name, and what belongs to the account. */
export function AccountMenu() {
  const me = useMe();
  const [theme, setTheme] = useState(themeHere);
  const choose = (chosen: Theme) => {
    setTheme(chosen);
    showTheme(chosen);
    // It goes along to other browsers. Here it holds in any case.
    session.updateMe({ preferences: { theme: chosen } }).catch(() => undefined);
  };
  const items: MenuEntry[] = [
    { key: "account", name: "Account", href: "/account" },
    ...(me.admin ? [{ key: "admin", name: "Administration", href: "/admin" }] : []),
    {
      key: "theme",
      name: "Theme",
      items: THEMES.map(({ value, name }) => ({
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
