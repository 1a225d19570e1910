import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { usePeopleHere } from "../../../people/use-people";
import { useMe } from "../../../session/use-session";
import type { Id } from "../../../sync/model";
import { useStore } from "../../../sync/react";
import type { Listener } from "../../../sync/topics";
import { Sight, type Staying } from "./sight";
import { useFilter } from "./use-filter";

export const SightContext = createContext<Sight | null>(null);

/** What is in sight begins anew with each filter. */
export function useNewSight(): Sight {
  const me = useMe().id;
  const { filter } = useFilter();
  const sight = useMemo(() => new Sight(filter, me), [filter, me]);
  const people = usePeopleHere();
  useEffect(() => sight.know(people), [sight, people]);
  return sight;
}

export function useSight(): Sight {
  const sight = useContext(SightContext);
  if (!sight) throw new Error("no filter around this component");
  return sight;
}

/** Calls whenever another task of the column may be in sight. */
function useSightOf(status: string): (listener: Listener) => () => void {
  const store = useStore();
  const sight = useSight();
  const topic = sight.isWhole ? `column:${status}` : "tasks";
  return useCallback(
    (listener: Listener) => both(store.on(topic, listener), sight.on(listener)),
    [store, sight, topic],
  );
}

/** How many of a column pass the filter. */
export function usePassing(status: string): number {
  const store = useStore();
  const sight = useSight();
  return useSyncExternalStore(useSightOf(status), () => sight.passing(store, status));
}

/** Those of a column that are in sight: the same array while nothing of it changed. */
export function useInSight(status: string): readonly Id[] {
  const store = useStore();
  const sight = useSight();
  const last = useRef<readonly Id[]>([]);
  return useSyncExternalStore(useSightOf(status), () => {
    const ids = sight.column(store, status);
    if (!same(ids, last.current)) last.current = ids;
    return last.current;
  });
}

/** Why a task is in sight that does not pass the filter; `null`: it does. */
export function useStaying(id: Id): Staying | null {
  const store = useStore();
  const sight = useSight();
  const subscribe = useCallback(
    (listener: Listener) => both(store.on(`task:${id}`, listener), sight.on(listener)),
    [store, sight, id],
  );
  return useSyncExternalStore(subscribe, () => sight.staying(store, id));
}

const floating = "[data-panel],[role=dialog],[role=listbox],[role=menu]";

/** Follows which task one looks at: the one that has the focus, was clicked or dragged last, or is open. */
export function useLookingAt(sight: Sight, opened: Id | null): void {
  useEffect(() => {
    if (opened !== null) sight.elsewhere(opened);
  }, [sight, opened]);
  useEffect(() => {
    let pressed = false;
    const look = ({ target }: Event) => {
      if (!(target instanceof Element) || target.closest(floating)) return;
      sight.elsewhere(target.closest<HTMLElement>("[data-card]")?.dataset["card"] ?? null);
    };
    const focus = (event: Event) => {
      // Nothing moves below a pointer that is down: its click comes after.
      if (!pressed && event.target instanceof Element && event.target.closest("[data-card]")) look(event);
    };
    const press = () => {
      pressed = true;
    };
    const release = (event: Event) => {
      pressed = false;
      if (event.type !== "pointerup") look(event);
    };
    const ends = ["pointerup", "click", "dragend"] as const;
    document.addEventListener("focusin", focus);
    document.addEventListener("pointerdown", press);
    for (const end of ends) document.addEventListener(end, release);
    return () => {
      document.removeEventListener("focusin", focus);
      document.removeEventListener("pointerdown", press);
      for (const end of ends) document.removeEventListener(end, release);
    };
  }, [sight]);
}

const both = (one: () => void, other: () => void) => () => {
  one();
  other();
};

function same(one: readonly Id[], other: readonly Id[]): boolean {
  return one === other || (one.length === other.length && one.every((id, index) => id === other[index]));
}
