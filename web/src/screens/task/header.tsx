import Ellipsis from "lucide-react/icons/ellipsis";
import LinkIcon from "lucide-react/icons/link";
import Maximize2 from "lucide-react/icons/maximize-2";
import Minimize2 from "lucide-react/icons/minimize-2";
import X from "lucide-react/icons/x";
import { at } from "../../base";
import type { Task } from "../../sync/model";
import { useProject, useStore } from "../../sync/react";
import { announce } from "../../ui/announce";
import { IconButton } from "../../ui/button";
import { Menu, type MenuEntry } from "../../ui/menu";
import { toast } from "../../ui/toast";
import { taskName } from "../../words/tasks";
import { taskPath, useTaskPlace } from "./context";
import { useMoveMenu } from "./move-menu";
import styles from "./task.module.css";
import { putAway } from "./task-actions";

interface HeaderProps {
  task: Task;
  /** As a page of its own, or beside the board. */
  page: boolean;
  onPage: (page: boolean) => void;
  onClose: () => void;
}

export function Header({ task, page, onPage, onClose }: HeaderProps) {
  const { readOnly, runApart } = useTaskPlace();
  const store = useStore();
  const name = taskName(useProject(), task);
  const move = useMoveMenu(task);
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text);
      announce(`${what} copied`);
    } catch {
      toast.show({ text: `Couldn't copy. Here it is: ${text}`, refused: true });
    }
  };
  const copyLink = () => void copy(at(`.${taskPath(store.id, task)}`), "Link");
  const { archive, remove } = putAway(store, task, runApart, onClose);
  const items: MenuEntry[] = [
    { key: "key", name: `Copy ${name}`, onSelect: () => void copy(name, name) },
    { key: "link", name: "Copy link", onSelect: copyLink },
  ];
  if (!readOnly) {
    items.push(move, { key: "line", separator: true });
    items.push({ key: "archive", name: "Archive", onSelect: () => void archive() });
    items.push({ key: "delete", name: "Delete", danger: true, onSelect: () => void remove() });
  }
  return (
    <header className={styles["header"]}>
      <span className={styles["number"]}>{name}</span>
      <IconButton
        label={page ? "Show beside the board" : "Show as a page"}
        className={styles["asPage"]}
        icon={page ? <Minimize2 aria-hidden /> : <Maximize2 aria-hidden />}
        onClick={() => onPage(!page)}
      />
      <IconButton label="Copy link" icon={<LinkIcon aria-hidden />} onClick={copyLink} />
      <Menu align="end" items={items} trigger={<IconButton label="More" icon={<Ellipsis aria-hidden />} />} />
      <IconButton label="Close" shortcut="Escape" icon={<X aria-hidden />} onClick={onClose} />
    </header>
  );
}
