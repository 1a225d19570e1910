// How React reads the engine and a project's store.

import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { type Engine, goneError } from "./engine";
import type { Command, Dependency, Id, Member, Project, Task } from "./model";
import type { Outcome } from "./outbox";
import type { ProjectStore } from "./store";

export const EngineContext = createContext<Engine | null>(null);
export const StoreContext = createContext<ProjectStore | null>(null);

export function useEngine(): Engine {
  const engine = useContext(EngineContext);
  if (!engine) throw new Error("no engine around this component");
  return engine;
}

export function useStore(): ProjectStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error("no project around this component");
  return store;
}

export type Opened = { kind: "loading" } | { kind: "open"; store: ProjectStore } | { kind: "failed"; error: unknown };

/** Opens a project for as long as the component is there. */
export function useOpen(id: Id): Opened {
  const engine = useEngine();
  const [opened, setOpened] = useState<Opened>({ kind: "loading" });
  useEffect(() => {
    let here = true;
    setOpened({ kind: "loading" });
    engine.open(id).then(
      (store) => here && setOpened({ kind: "open", store }),
      (error: unknown) => here && setOpened({ kind: "failed", error }),
    );
    const stop = engine.on(`gone:${id}`, () => setOpened({ kind: "failed", error: goneError() }));
    return () => {
      here = false;
      stop();
      engine.release(id);
    };
  }, [engine, id]);
  return opened;
}

/** A value of the store that is read again whenever `topic` is told. `read` must answer the same object while nothing changed. */
export function useTopic<T>(topic: string, read: (store: ProjectStore) => T): T {
  const store = useStore();
  const subscribe = useCallback((listener: () => void) => store.on(topic, listener), [store, topic]);
  return useSyncExternalStore(subscribe, () => read(store));
}

export const useTask = (id: Id): Task | undefined => useTopic(`task:${id}`, (store) => store.task(id));
export const useEdges = (id: Id): readonly Dependency[] => useTopic(`task:${id}`, (store) => store.view.edges(id));
export const useColumn = (status: string): readonly Id[] =>
  useTopic(`column:${status}`, (store) => store.column(status));
export const useProject = (): Project => useTopic("project", (store) => store.view.project);
export const useMembers = (): readonly Member[] => useTopic("project", (store) => store.members());

/** Gives commands to the project: they show in the same frame. */
export function useSubmit(): (...commands: Command[]) => Promise<Outcome[]> {
  const engine = useEngine();
  const store = useStore();
  return useCallback((...commands) => engine.submit(store.id, commands), [engine, store]);
}

export function useLive(): ReturnType<Engine["state"]> {
  const engine = useEngine();
  const [state, setState] = useState(() => engine.state());
  useEffect(() => engine.on("state", () => setState(engine.state())), [engine]);
  return state;
}
