// What the rows of a list share: the selected row, and what opening and changing a task do.

import { createContext, useContext } from "react";
import type { People } from "../../../people/people";
import type { Task } from "../../../sync/model";
import type { PropertyName } from "../../task/properties";
import type { Selection } from "../selection";

/** What of a row is being changed. */
export interface Editing {
  readonly row: string;
  readonly task: Task;
  readonly field: PropertyName | "title";
}

export interface ListContext {
  readonly people: People;
  readonly mayEdit: boolean;
  readonly selection: Selection;
  readonly open: (task: Task) => void;
  readonly edit: (editing: Editing) => void;
  readonly endEdit: () => void;
}

export const ListContext = createContext<ListContext | null>(null);

export function useList(): ListContext {
  const list = useContext(ListContext);
  if (!list) throw new Error("no list around this component");
  return list;
}
