import { useQueries } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { Id } from "../../sync/model";

export type NameOf = (project: Id, user: Id) => string | null;

/** The names of those who did something in these projects, of former members too. */
export function useNames(projects: readonly Id[]): NameOf {
  return useQueries({
    queries: [...new Set(projects)].map((project) => ({
      queryKey: ["people", project],
      staleTime: 300_000,
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const path = { project };
        const page = await ok(api.GET("/api/v1/projects/{project}/people", { params: { path }, signal }));
        return { project, names: new Map(page.items.map((person) => [person.id, person.name])) };
      },
    })),
    combine: (answers): NameOf => {
      const known = new Map(answers.flatMap(({ data }) => (data ? [[data.project, data.names] as const] : [])));
      return (project, user) => known.get(project)?.get(user) ?? null;
    },
  });
}
