import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import { type Notification, type Page, rowsOf } from "./model";

export type Filter = "all" | "unread";
type Pages = InfiniteData<Page, string | null>;

const lists = ["inbox", "list"] as const;
const unreadKey = ["inbox", "unread"] as const;

export const useInbox = (filter: Filter) =>
  useInfiniteQuery({
    queryKey: [...lists, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { unread: filter === "unread", ...(pageParam === null ? {} : { cursor: pageParam }) };
      return ok(api.GET("/api/v1/me/notifications", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** How many rows of the inbox are unread: the server counts them as they are shown, one for each task. */
export function useUnread(): number {
  const { data } = useQuery({
    queryKey: unreadKey,
    queryFn: async ({ signal }) => {
      const page = await ok(api.GET("/api/v1/me/notifications", { params: { query: { limit: 1 } }, signal }));
      return page.unread;
    },
  });
  return data ?? 0;
}

/** What is marked: some rows, all about some tasks, or a row and everything older. */
export type Marked = { ids: number[] } | { tasks: string[] } | { up_to: number };
export type Mark = Marked & { unread?: boolean };

/** Marks as read or unread. It shows at once; the server's answer corrects it. */
export function useMark() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (mark: Mark) => ok(api.POST("/api/v1/me/notifications/read", { body: mark })),
    onMutate: async (mark) => {
      await client.cancelQueries({ queryKey: ["inbox"] });
      foretell(client, mark);
    },
    onSuccess: ({ unread }) => client.setQueryData(unreadKey, unread),
    onSettled: () => client.invalidateQueries({ queryKey: ["inbox"] }),
  });
}

/** What a mark will most probably do to what is shown. */
export function foretell(client: QueryClient, mark: Mark): void {
  const unread = mark.unread ?? false;
  const before = unreadRows(client);
  client.setQueriesData<Pages>({ queryKey: lists }, (pages) => {
    if (!pages) return pages;
    const items = (page: Page) => page.items.map((one) => (isMarked(one, mark) ? { ...one, unread } : one));
    return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: items(page) })) };
  });
  const more = unreadRows(client) - before;
  client.setQueryData<number>(unreadKey, (count) => (count === undefined ? count : Math.max(0, count + more)));
}

/** How many of the rows that are loaded have something unread. */
function unreadRows(client: QueryClient): number {
  const loaded = client.getQueriesData<Pages>({ queryKey: lists });
  const items = loaded.flatMap(([, pages]) => pages?.pages.flatMap((page) => page.items) ?? []);
  const once = new Map(items.map((one) => [one.id, one]));
  return rowsOf([...once.values()].sort((one, other) => other.id - one.id)).filter((row) => row.unread).length;
}

function isMarked(one: Notification, mark: Mark): boolean {
  if ("ids" in mark) return mark.ids.includes(one.id);
  if ("tasks" in mark) return one.task !== null && mark.tasks.includes(one.task.id);
  return one.id <= mark.up_to;
}
