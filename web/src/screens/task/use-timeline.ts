import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { api, ok } from "../../api/client";
import { queries } from "../../api/query";
import type { Id } from "../../sync/model";
import { useStore } from "../../sync/react";
import type { Activity } from "./activity-words";
import { useTaskPlace } from "./context";
import { type ThreadState, threadOf } from "./thread-store";
import { type Thread, threadsOf } from "./threads";

export interface ThreadsNow {
  readonly state: ThreadState;
  readonly threads: readonly Thread[];
  readonly retry: () => void;
}

export function useThreads(task: Id): ThreadsNow {
  const store = useStore();
  const { me } = useTaskPlace();
  const thread = threadOf(store, task, me);
  const { state, comments } = useSyncExternalStore(thread.subscribe, thread.view);
  const threads = useMemo(() => threadsOf(comments), [comments]);
  return { state, threads, retry: () => void thread.load() };
}

export interface ActivityNow {
  readonly items: readonly Activity[];
  readonly failed: boolean;
  /** There is more, longer ago. */
  readonly more: (() => void) | null;
}

const page = 50;
const mostPages = 4;

/** What happened to a task, the newest first. It is read again when something happens to it. */
export function useActivity(task: Id, wanted: boolean): ActivityNow {
  const store = useStore();
  const [limit, setLimit] = useState(page);
  const key = useMemo(() => ["activity", store.id, task] as const, [store.id, task]);
  const { data, isError } = useQuery({
    queryKey: [...key, limit],
    queryFn: ({ signal }) =>
      ok(
        api.GET("/api/v1/projects/{project}/activity", {
          params: { path: { project: store.id }, query: { task, limit } },
          signal,
        }),
      ),
    enabled: wanted,
    placeholderData: (before) => before,
  });
  useEffect(() => {
    if (!wanted) return;
    return store.onEvent((event) => {
      if (JSON.stringify(event.data).includes(task)) void queries.invalidateQueries({ queryKey: key });
    });
  }, [store, task, key, wanted]);
  const isMore = data?.next_cursor != null && limit < page * mostPages;
  return { items: data?.items ?? [], failed: isError, more: isMore ? () => setLimit(limit + page) : null };
}
