import { useMutation } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, ok } from "../../api/client";
import { sentence } from "../../api/problem";
import { type ListedProject, refreshProjects } from "../../api/projects";
import { Button } from "../../ui/button";
import { useClock } from "../../words/use-clock";
import styles from "./projects.module.css";

export function ProjectRow({ project }: { project: ListedProject }) {
  const clock = useClock();
  const bringBack = useBringBack(project);
  const tasks = Object.values(project.task_counts).reduce((sum, count) => sum + count, 0);
  return (
    <li className={styles.row}>
      <span className={styles.key}>{project.key}</span>
      <span className={styles.name} dir="auto" title={project.name}>
        {project.deleted ? project.name : <Link href={`/p/${project.id}`}>{project.name}</Link>}
      </span>
      <span className={styles.fact}>{tasks === 1 ? "1 task" : `${tasks || "no"} tasks`}</span>
      <span className={styles.fact}>{project.role}</span>
      <time className={styles.fact} dateTime={project.changed_at} title={clock.exactly(project.changed_at)}>
        {clock.ago(project.changed_at)}
      </time>
      {bringBack.name === null ? null : (
        <Button
          aria-label={`${bringBack.name} ${project.name}`}
          aria-disabled={bringBack.isPending}
          onClick={bringBack.run}
        >
          {bringBack.name}
        </Button>
      )}
      {bringBack.error === null ? null : (
        <p role="alert" className={styles.refused}>
          {bringBack.error}
        </p>
      )}
    </li>
  );
}

/** Out of the bin, or out of the archive, for owners. */
function useBringBack({ id, deleted, archived, role }: ListedProject) {
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const params = { path: { project: id } };
      if (deleted) await ok(api.POST("/api/v1/projects/{project}/restore", { params }));
      else await ok(api.PATCH("/api/v1/projects/{project}", { params, body: { archived: false } }));
    },
    onSuccess: refreshProjects,
  });
  const name = role !== "owner" ? null : deleted ? "Restore" : archived ? "Bring back" : null;
  const run = () => {
    if (!isPending) mutate();
  };
  return { name, run, isPending, error: error === null ? null : sentence(error) };
}
