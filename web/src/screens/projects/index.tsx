import { useState } from "react";
import { Link } from "wouter";
import { sentence } from "../../api/problem";
import { type Shelf, useProjects } from "../../api/projects";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Skeleton } from "../../ui/skeleton";
import { useTitle } from "../../words/use-title";
import { NewProject } from "./new-project";
import { ProjectRow } from "./project-row";
import styles from "./projects.module.css";

const SHELVES: { shelf: Shelf; name: string; href: string }[] = [
  { shelf: "active", name: "Active", href: "/projects" },
  { shelf: "archived", name: "Archived", href: "/projects/archived" },
  { shelf: "bin", name: "Bin", href: "/projects/bin" },
];

/** The own projects: those in use, the archived ones, or those in the bin. */
export function ProjectsScreen({ shelf }: { shelf: Shelf }) {
  useTitle("Projects");
  const [isMaking, setMaking] = useState(false);
  return (
    <main className={styles.screen}>
      <header className={styles.head}>
        <h1>Projects</h1>
        <Button kind="primary" onClick={() => setMaking(true)}>
          New project
        </Button>
      </header>
      <nav aria-label="Which projects" className={styles.shelves}>
        {SHELVES.map((one) => (
          <Link key={one.shelf} href={one.href} aria-current={one.shelf === shelf ? "page" : undefined}>
            {one.name}
          </Link>
        ))}
      </nav>
      <Listed shelf={shelf} />
      <NewProject open={isMaking} onClose={() => setMaking(false)} />
    </main>
  );
}

function Listed({ shelf }: { shelf: Shelf }) {
  const projects = useProjects(shelf);
  if (projects.isPending) return <Skeleton label="Loading your projects" />;
  if (projects.isLoadingError) {
    return (
      <div role="alert" className={styles.failed}>
        <p>Couldn't load your projects. {sentence(projects.error)}</p>
        <Button onClick={() => void projects.refetch()}>Try again</Button>
      </div>
    );
  }
  if (projects.data.length === 0) return <Empty shelf={shelf} />;
  return (
    <ul className={styles.list}>
      {projects.data.map((project) => (
        <ProjectRow key={project.id} project={project} />
      ))}
    </ul>
  );
}

function Empty({ shelf }: { shelf: Shelf }) {
  if (shelf === "archived") return <EmptyState title="Nothing is archived" text="Archived projects can be read." />;
  if (shelf === "bin")
    return <EmptyState title="The bin is empty" text="Deleted projects can be restored from here." />;
  return (
    <EmptyState title="No projects yet" text="Make the first one, or open the invitation that somebody has sent you." />
  );
}
