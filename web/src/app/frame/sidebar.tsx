import FolderKanban from "lucide-react/icons/folder-kanban";
import Inbox from "lucide-react/icons/inbox";
import ListTodo from "lucide-react/icons/list-todo";
import Plus from "lucide-react/icons/plus";
import Search from "lucide-react/icons/search";
import { type ListedProject, useProjects } from "../../api/projects";
import { useUnread } from "../../screens/inbox/queries";
import { IconButton } from "../../ui/button";
import { Kbd } from "../../ui/kbd";
import { AccountMenu } from "./account-menu";
import styles from "./frame.module.css";
import { Place, PlaceButton } from "./place";

interface SidebarProps {
  onSearch(): void;
  onNewProject(): void;
}

export function Sidebar({ onSearch, onNewProject }: SidebarProps) {
  const projects = useProjects();
  return (
    <nav aria-label="Lockstep" className={styles.sidebar}>
      <PlaceButton icon={<Search aria-hidden />} onPress={onSearch} after={<Kbd keys="Mod+K" />}>
        Search
      </PlaceButton>
      <Place href="/inbox" icon={<Inbox aria-hidden />} count={useUnread()}>
        Inbox
      </Place>
      <Place href="/me/tasks" icon={<ListTodo aria-hidden />}>
        My tasks
      </Place>
      <div className={styles.heading}>
        <Place href="/projects" icon={<FolderKanban aria-hidden />}>
          Projects
        </Place>
        <IconButton label="New project" icon={<Plus aria-hidden />} size="small" onClick={onNewProject} />
      </div>
      <ul className={styles.projects}>
        {byName(projects.data ?? []).map(({ id, name }) => (
          <li key={id}>
            <Place href={`/p/${id}`} within>
              {name}
            </Place>
          </li>
        ))}
      </ul>
      <AccountMenu />
    </nav>
  );
}

/** The list of the server has the newest change first, which would move what the hand knows. */
function byName(projects: readonly ListedProject[]): ListedProject[] {
  return projects.toSorted((one, other) => one.name.localeCompare(other.name));
}
