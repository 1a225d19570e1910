import { Redirect } from "wouter";
import { sentence } from "../api/problem";
import { useProjects } from "../api/projects";
import { EmptyState } from "../ui/empty-state";
import { Skeleton } from "../ui/skeleton";
import { NotHere } from "./not-here";

/** Leads from a task's name, such as `SHOP-12`, to the task. */
export function Reference({ text }: { text: string }) {
  const [, key, number] = /^([a-z][a-z0-9]*)-(\d+)$/i.exec(text) ?? [];
  return key === undefined ? <NotHere /> : <Named projectKey={key.toUpperCase()} number={Number(number)} />;
}

function Named({ projectKey, number }: { projectKey: string; number: number }) {
  const shelves = [useProjects("active"), useProjects("archived")];
  const project = shelves.flatMap(({ data }) => data ?? []).find(({ key }) => key === projectKey);
  if (project) return <Redirect to={`/p/${project.id}/${number}`} replace />;
  const failed = shelves.find(({ isLoadingError }) => isLoadingError);
  if (failed?.error) return <EmptyState title="Couldn't load your projects" text={sentence(failed.error)} />;
  return shelves.some(({ isPending }) => isPending) ? <Skeleton label="Looking for the project" /> : <NotHere />;
}
