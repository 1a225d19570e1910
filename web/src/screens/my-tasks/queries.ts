import { type InfiniteData, useInfiniteQuery, useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { operations } from "../../api/schema";
import type { Id, Status } from "../../sync/model";
import { useEngine } from "../../sync/react";

type Page = operations["search.my_tasks"]["responses"][200]["content"]["application/json"];
export type MyTask = Page["items"][number];

/** So that a task that somebody else gave a date or took away is not shown for long. */
const REFRESH_MS = 60_000;

/** What one is assigned to and is not finished, what is due first first. */
export const useMyTasks = () =>
  useInfiniteQuery({
    queryKey: ["my-tasks"],
    queryFn: ({ pageParam, signal }): Promise<Page> => {
      const query = { category: OPEN, limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return ok(api.GET("/api/v1/me/tasks", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: REFRESH_MS,
  });

const OPEN: ("backlog" | "open" | "active")[] = ["backlog", "open", "active"];

/** Where a task of a project can be put, and whether the reader may. */
export interface Columns {
  readonly statuses: readonly Status[];
  readonly readOnly: boolean;
}
export type ColumnsOf = (project: Id) => Columns;

const none: Columns = { statuses: [], readOnly: true };

export function useColumns(projects: readonly Id[]): ColumnsOf {
  return useQueries({
    queries: [...new Set(projects)].map((project) => ({
      queryKey: ["project", project],
      staleTime: 60_000,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ok(api.GET("/api/v1/projects/{project}", { params: { path: { project } }, signal })),
    })),
    combine: (answers): ColumnsOf => {
      const known = new Map<Id, Columns>();
      for (const { data } of answers) {
        if (!data) continue;
        known.set(data.project.id, { statuses: data.project.workflow.statuses, readOnly: data.role === "viewer" });
      }
      return (project) => known.get(project) ?? none;
    },
  });
}

/** Puts a task into another column. It shows at once, and goes back with the reason when it is refused. */
export function useSetStatus() {
  const engine = useEngine();
  const client = useQueryClient();
  const queryKey = ["my-tasks"];
  return useMutation({
    mutationFn: async ({ project, task, status }: { project: Id; task: Id; status: string }) => {
      const [outcome] = await engine.submit(project, [{ type: "task.move", task, status }]);
      return outcome?.kind === "refused" ? outcome.problem : null;
    },
    onMutate: async ({ task, status }) => {
      await client.cancelQueries({ queryKey });
      client.setQueryData<InfiniteData<Page>>(queryKey, (pages) => pages && withStatus(pages, task, status));
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
}

function withStatus(pages: InfiniteData<Page>, id: Id, status: string): InfiniteData<Page> {
  const change = (one: MyTask): MyTask => (one.task.id === id ? { ...one, task: { ...one.task, status } } : one);
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map(change) })) };
}
