import ArchiveIcon from "lucide-react/icons/archive";
import Columns3 from "lucide-react/icons/columns-3";
import Rows3 from "lucide-react/icons/rows-3";
import Settings from "lucide-react/icons/settings";
import { Link, useLocation, useSearch } from "wouter";
import { useProject } from "../../sync/react";
import { isList } from "./list/rows";
import { LivePill } from "./live-pill";
import styles from "./project-header.module.css";
import { WhoIsHere } from "./who-is-here";

/** The header of a project: where one is, its views, who is here, and how live the page is. */
export function ProjectHeader() {
  const project = useProject();
  const base = `/p/${project.id}`;
  const [path] = useLocation();
  const search = useSearch();
  const list = isList(search);
  const settings = path === `${base}/settings`;
  const archive = path === `${base}/archive`;
  return (
    <header className={styles.header}>
      <h1 className={styles.name} dir="auto" title={project.name}>
        {project.name}
      </h1>
      {project.archived && (
        <span className={styles.archived} title="Archived, read-only">
          <ArchiveIcon size={12} strokeWidth={1.5} aria-hidden />
          <span className={styles.archivedWords}>Archived, read-only</span>
        </span>
      )}
      <nav className={styles.views} aria-label="Views of the project">
        <Link
          href={viewAddress(base, search, null)}
          className={styles.view}
          aria-current={settings || archive || list ? undefined : "page"}
        >
          <Columns3 size={16} strokeWidth={1.5} aria-hidden /> Board
        </Link>
        <Link href={viewAddress(base, search, "list")} className={styles.view} aria-current={list ? "page" : undefined}>
          <Rows3 size={16} strokeWidth={1.5} aria-hidden /> List
        </Link>
        <Link href={`${base}/archive`} className={styles.view} aria-current={archive ? "page" : undefined}>
          <ArchiveIcon size={16} strokeWidth={1.5} aria-hidden /> Archive
        </Link>
        <Link href={`${base}/settings`} className={styles.view} aria-current={settings ? "page" : undefined}>
          <Settings size={16} strokeWidth={1.5} aria-hidden /> Settings
        </Link>
      </nav>
      <span className={styles.end}>
        <WhoIsHere />
        <LivePill />
      </span>
    </header>
  );
}

/** The filter goes along from one view to the other. */
function viewAddress(base: string, search: string, view: string | null): string {
  const given = new URLSearchParams(search);
  given.delete("view");
  if (view !== null) given.set("view", view);
  return given.size === 0 ? base : `${base}?${given}`;
}
