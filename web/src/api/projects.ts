import { useQuery } from "@tanstack/react-query";
import { api, ok } from "./client";
import { queries } from "./query";
import type { operations } from "./schema";

export type ListedProject =
  operations["projects.list"]["responses"][200]["content"]["application/json"]["items"][number];

/** Which of the own projects: those in use, the archived ones, those in the bin. */
export type Shelf = "active" | "archived" | "bin";

const PAGE = 200;

async function listProjects(shelf: Shelf): Promise<ListedProject[]> {
  const filter = shelf === "active" ? {} : shelf === "bin" ? { deleted: true } : { archived: true };
  const projects: ListedProject[] = [];
  let cursor: string | null = null;
  do {
    const query = cursor === null ? { ...filter, limit: PAGE } : { ...filter, limit: PAGE, cursor };
    const page: { items: ListedProject[]; next_cursor?: string | null } = await ok(
      api.GET("/api/v1/projects", { params: { query } }),
    );
    projects.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor !== null);
  return projects;
}

/** The own projects, newest change first. */
export function useProjects(shelf: Shelf = "active") {
  return useQuery({ queryKey: ["projects", shelf], queryFn: () => listProjects(shelf) });
}

/** After `project_list.changed`, and after whatever changes the list here. */
export function refreshProjects(): Promise<void> {
  return queries.invalidateQueries({ queryKey: ["projects"] });
}
