import { useQueries } from "@tanstack/react-query";
import { peopleQuery } from "../../people/use-people";
import type { Id } from "../../sync/model";

export type NameOf = (project: Id, user: Id) => string | null;

/** The names of those who did something in these projects, of former members too. */
export function useNames(projects: readonly Id[]): NameOf {
  const ids = [...new Set(projects)];
  const answers = useQueries({ queries: ids.map(peopleQuery) });
  const known = new Map(ids.map((id, index) => [id, answers[index]?.data?.people]));
  return (project, user) => known.get(project)?.name(user) ?? null;
}
