import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, ok } from "../../../api/client";
import type { operations } from "../../../api/schema";
import { useStore } from "../../../sync/react";
import { movesOffOrOntoBoard } from "../../../words/events";

type Page = operations["lists.list"]["responses"][200]["content"]["application/json"];
export type ArchivedTask = Page["items"][number];

/** The archived tasks of the project: those with these words, the best first, or all, what changed last first. */
export function useArchive(words: string) {
  const store = useStore();
  const client = useQueryClient();
  useEffect(() => {
    const again = () => void client.invalidateQueries({ queryKey: ["archive", store.id] });
    return store.onEvent(({ type }) => void (movesOffOrOntoBoard(type) && again()));
  }, [store, client]);
  return useInfiniteQuery({
    queryKey: ["archive", store.id, words],
    queryFn: ({ pageParam, signal }): Promise<Page> => {
      const chosen = words === "" ? { sort: "-updated_at" as const } : { q: words };
      const query = { archived: true, limit: 100, ...chosen, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const params = { path: { project: store.id }, query };
      return ok(api.GET("/api/v1/projects/{project}/tasks", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}
