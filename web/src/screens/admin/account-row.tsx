import Ellipsis from "lucide-react/icons/ellipsis";
import { useMe } from "../../session/use-session";
import { Avatar } from "../../ui/avatar";
import { IconButton } from "../../ui/button";
import { Menu, type MenuEntry } from "../../ui/menu";
import { useClock } from "../../words/use-clock";
import styles from "./admin.module.css";
import type { Account, Deed } from "./queries";

interface Props {
  account: Account;
  onAsk(kind: Deed["kind"]): void;
}

export function AccountRow({ account, onAsk }: Props) {
  const clock = useClock();
  const isMe = useMe().id === account.id;
  const { email, admin, disabled_at: disabledAt, last_seen_at: seenAt, projects, left_over: left } = account;
  const name = email === null ? "Deleted account" : account.name;
  return (
    <li className={styles.row}>
      <Avatar person={{ id: account.id, name }} size={24} decorative />
      <span className={styles.grows} dir="auto">
        {name}
        {isMe && <span className={styles.quiet}> (you)</span>}
        {admin && <span className={styles.quiet}> · administrator</span>}
        {disabledAt && <span className={styles.warn}> · disabled</span>}
        <span className={styles.line}>
          {email !== null && `${email} · `}
          {projects === 1 ? "1 project" : `${projects} projects`}
          {left.length > 0 && ` · ${left.length} of them without another owner`}
        </span>
      </span>
      <span className={styles.quiet} title={seenAt ? clock.exactly(seenAt) : undefined}>
        {seenAt ? `seen ${clock.ago(seenAt)}` : "never seen"}
      </span>
      {email !== null && (
        <Menu
          trigger={<IconButton label={`What can be done with ${name}`} icon={<Ellipsis aria-hidden />} />}
          items={entries(disabledAt !== null, isMe, onAsk)}
          align="end"
        />
      )}
    </li>
  );
}

function entries(disabled: boolean, isMe: boolean, ask: Props["onAsk"]): MenuEntry[] {
  return [
    { key: "reset", name: "Link to a new password…", disabled, onSelect: () => ask("reset") },
    { key: "end", name: "End sessions and tokens…", onSelect: () => ask("end") },
    { key: "line", separator: true },
    disabled
      ? { key: "enable", name: "Enable the account", onSelect: () => ask("enable") }
      : { key: "disable", name: "Disable the account…", danger: true, disabled: isMe, onSelect: () => ask("disable") },
  ];
}
