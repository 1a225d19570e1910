import ChevronRight from "lucide-react/icons/chevron-right";
import type { ReactNode } from "react";
import type { People } from "../../../people/people";
import type { Priority, Project } from "../../../sync/model";
import { useProject } from "../../../sync/react";
import { Avatar } from "../../../ui/avatar";
import { ColorDot } from "../../../ui/chip";
import { PriorityIcon } from "../../../ui/priority-icon";
import { StatusIcon } from "../../../ui/status-icon";
import { positionOf, statusOf } from "../../../words/tasks";
import { useList } from "./context";
import styles from "./list.module.css";
import type { Grouping, Head } from "./rows";

interface HeadRowProps {
  readonly grouping: Grouping;
  readonly head: Head;
  readonly count: number;
  readonly onToggle: () => void;
}

/** The head of a group, which shows and hides its tasks. */
export function HeadRow({ grouping, head, count, onToggle }: HeadRowProps) {
  const project = useProject();
  const { people } = useList();
  return (
    <h2 className={styles.head}>
      <button type="button" className={styles.toggle} aria-expanded={!head.collapsed} onClick={onToggle}>
        <ChevronRight size={14} strokeWidth={1.5} aria-hidden className={styles.chevron} />
        {pictureOf(grouping, head, project, people)}
        <span className={styles.name} dir="auto">
          {head.name}
        </span>
        <span className={styles.count}>{count.toLocaleString()}</span>
      </button>
    </h2>
  );
}

function pictureOf(grouping: Grouping, { key, name }: Head, project: Project, people: People): ReactNode {
  switch (grouping) {
    case "status":
      return <StatusIcon category={statusOf(project, key)?.category ?? "open"} position={positionOf(project, key)} />;
    case "priority":
      return <PriorityIcon priority={key as Priority} decorative />;
    case "assignee":
      return people.person(key) ? <Avatar person={{ id: key, name }} size={16} decorative /> : null;
    case "label": {
      const label = project.labels.find((one) => one.key === key);
      return label ? <ColorDot color={label.color} /> : null;
    }
  }
}
