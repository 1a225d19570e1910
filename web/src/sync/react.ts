// How React reads the engine and a project's store.

import { createContext, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { type Engine, goneError } from "./engine";
import type { Command, Dependency, Id, Member, Project, Task } from "./model";
import type { Outcome } from "./outbox";
import { type Said, sayAgainMs } from "./presence";
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

/** `late`: the server does not answer, and is asked again. */
export type Opened =
  | { kind: "loading"; late: boolean }
  | { kind: "open"; store: ProjectStore }
  | { kind: "failed"; error: unknown };

/** Opens a project for as long as the component is there. */
export function useOpen(id: Id): Opened {
  const engine = useEngine();
  const [opened, setOpened] = useState<Opened>({ kind: "loading", late: false });
  useEffect(() => {
    let here = true;
    setOpened({ kind: "loading", late: false });
    engine.open(id).then(
      (store) => here && setOpened({ kind: "open", store }),
      (error: unknown) => here && setOpened({ kind: "failed", error }),
    );
    const stops = [
      engine.on(`gone:${id}`, () => setOpened({ kind: "failed", error: goneError() })),
      engine.on(`late:${id}`, () =>
        setOpened((now) => (now.kind === "loading" ? { kind: "loading", late: engine.isLate(id) } : now)),
      ),
    ];
    return () => {
      here = false;
      for (const stop of stops) stop();
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
  const subscribe = useCallback((listener: () => void) => engine.on("state", listener), [engine]);
  return useSyncExternalStore(subscribe, () => engine.toldState());
}

/** Who is in the project now, oneself among them. */
export function useHere(): readonly Id[] {
  const engine = useEngine();
  const presence = engine.presence(useStore().id);
  return useSyncExternalStore(presence.on, presence.users);
}

/** Who else shows a task, or types in a field of it. */
export function useAt(task: Id, me: Id, typing?: string): readonly Id[] {
  const engine = useEngine();
  const presence = engine.presence(useStore().id);
  const ids = useSyncExternalStore(presence.on, () => presence.at(task, me, typing).join());
  return useMemo(() => (ids === "" ? [] : ids.split(",")), [ids]);
}

/** What the components on the screen say at once: a field that is typed in counts more than the task that is open. */
const sayings: Said[] = [];

/** Tells the others that one is at a task, and in which field one types, as long as the component is there. */
export function useSay(task: Id, typing: string | null): void {
  const engine = useEngine();
  const project = useStore().id;
  useEffect(() => {
    const said: Said = { task, typing };
    const say = () => {
      const top = sayings.findLast((one) => one.typing !== null) ?? sayings.at(-1);
      engine.say(project, top ?? { task: null, typing: null });
    };
    sayings.push(said);
    say();
    const again = setInterval(say, sayAgainMs);
    return () => {
      clearInterval(again);
      sayings.splice(sayings.indexOf(said), 1);
      say();
    };
  }, [engine, project, task, typing]);
}
