// What can be done just now to the project on the screen and to a task of it, for what stands outside of them: the palette.

import { useEffect, useRef } from "react";

export interface Action {
  readonly key: string;
  readonly name: string;
  /** The key that does the same. */
  readonly shortcut?: string;
  readonly run: () => void;
}

/** Who offers it: the board or list as a whole, its selected task, or the task that is open. */
type Source = "view" | "selected" | "open";

const sources = new Map<Source, () => readonly Action[]>();

/** What can be done here. While a task is open, keys act on it and not on the selected one, and so does this. */
export function actionsHere(): readonly Action[] {
  const ofTask = sources.get("open") ?? sources.get("selected");
  return [ofTask, sources.get("view")].flatMap((offered) => offered?.() ?? []);
}

/** Offers actions as long as the component is there. They are asked for when somebody looks. */
export function useActions(source: Source, offered: () => readonly Action[]): void {
  const latest = useRef(offered);
  latest.current = offered;
  useEffect(() => {
    const offer = () => latest.current();
    sources.set(source, offer);
    return () => {
      if (sources.get(source) === offer) sources.delete(source);
    };
  }, [source]);
}
