import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import type { Id } from "../../../sync/model";
import type { ProjectStore } from "../../../sync/store";
import { type Filter, matches, type Reader, readFilter, writeFilter } from "./filter";

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

export function passing(store: ProjectStore, status: string, filter: Filter, reader: Reader): readonly Id[] {
  const { project } = store.view;
  return store.column(status).filter((id) => {
    const task = store.task(id);
    return task !== undefined && matches(filter, task, project, reader);
  });
}
