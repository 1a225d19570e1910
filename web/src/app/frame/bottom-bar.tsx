import CircleUser from "lucide-react/icons/circle-user";
import FolderKanban from "lucide-react/icons/folder-kanban";
import Inbox from "lucide-react/icons/inbox";
import ListTodo from "lucide-react/icons/list-todo";
import Search from "lucide-react/icons/search";
import { useUnread } from "../../screens/inbox/queries";
import styles from "./frame.module.css";
import { Place, PlaceButton } from "./place";

/** The sidebar of a phone. */
export function BottomBar({ onSearch }: { onSearch(): void }) {
  return (
    <nav aria-label="Lockstep" className={styles.bottom}>
      <Place href="/me/tasks" icon={<ListTodo aria-hidden />}>
        My tasks
      </Place>
      <Place href="/inbox" icon={<Inbox aria-hidden />} count={useUnread()}>
        Inbox
      </Place>
      <Place href="/projects" icon={<FolderKanban aria-hidden />}>
        Projects
      </Place>
      <PlaceButton icon={<Search aria-hidden />} onPress={onSearch}>
        Search
      </PlaceButton>
      <Place href="/account" icon={<CircleUser aria-hidden />}>
        Account
      </Place>
    </nav>
  );
}
