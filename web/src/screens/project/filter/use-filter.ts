import { useCallback, useMemo, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { useMe } from "../../../session/use-session";
import type { Id } from "../../../sync/model";
import { useTopic } from "../../../sync/react";
import type { ProjectStore } from "../../../sync/store";
import { type Filter, isEmpty, matches, readFilter, writeFilter } from "./filter";

/** The filter in the address. Typing in it makes no new entry of the history. */
export function useFilter(): { readonly filter: Filter; readonly set: (filter: Filter) => void } {
  const search = useSearch();
  const [path, go] = useLocation();
  const filter = useMemo(() => readFilter(search), [search]);
  const set = useCallback(
    (next: Filter) => {
      const written = writeFilter(next, search);
      go(written === "" ? path : `${path}?${written}`, { replace: true });
    },
    [path, go, search],
  );
  return { filter, set };
}

/** Those of a column that pass the filter: the same array while nothing of it changed. */
export function useFiltered(status: string, filter: Filter): readonly Id[] {
  const me = useMe().id;
  const last = useRef<readonly Id[]>([]);
  const free = isEmpty(filter);
  const read = (store: ProjectStore) => {
    const ids = free ? store.column(status) : passing(store, status, filter, me);
    if (!free && same(ids, last.current)) return last.current;
    last.current = ids;
    return ids;
  };
  return useTopic(free ? `column:${status}` : "tasks", read);
}

export function passing(store: ProjectStore, status: string, filter: Filter, me: Id): readonly Id[] {
  const { project } = store.view;
  return store.column(status).filter((id) => {
    const task = store.task(id);
    return task !== undefined && matches(filter, task, project, me);
  });
}

function same(one: readonly Id[], other: readonly Id[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
