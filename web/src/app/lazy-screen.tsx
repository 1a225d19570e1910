import { type ComponentType, useEffect, useState } from "react";
import { type Loader, loadChunk } from "./chunks";

const loader: Loader = {
  // The name of the file has a hash of what is in it.
  build: import.meta.url,
  answers: () =>
    fetch(document.baseURI, { method: "HEAD", cache: "no-store" }).then(
      ({ ok }) => ok,
      () => false,
    ),
  reload: () => location.reload(),
  storage: sessionStorageOrNull(),
};

const others: (() => Promise<unknown>)[] = [];

export type LazyScreen<Props> = ComponentType<Props> & {
  /** Loads it before it is shown. Who shows it asks again, and is told what went wrong. */
  ahead(): void;
};

type Loaded<Props> = { Shown: ComponentType<Props> | null } | { error: unknown };

/**
 * A screen in a chunk of its own: `lazyScreen(() => import("../screens/inbox"), (screen) => screen.InboxScreen)`. `Waiting` stands
 * there until it is loaded. One that is loaded is drawn in the same frame.
 *
 * It is not React's `lazy`, because React shows what a `Suspense` waited for 300 ms after its stand-in at the earliest.
 */
export function lazyScreen<Module, Props extends object>(
  load: () => Promise<Module>,
  pick: (module: Module) => ComponentType<Props>,
  Waiting?: ComponentType<Props>,
): LazyScreen<Props> {
  let loaded: ComponentType<Props> | null = null;
  const fetch = async () => {
    loaded ??= pick(await load());
    return loaded;
  };
  others.push(fetch);
  function Screen(props: Props) {
    const [state, setState] = useState<Loaded<Props>>({ Shown: loaded });
    const isWaiting = "Shown" in state && state.Shown === null;
    useEffect(() => {
      if (!isWaiting) return undefined;
      let here = true;
      loadChunk(fetch, loader).then(
        (Shown) => here && setState({ Shown }),
        (error: unknown) => here && setState({ error }),
      );
      return () => {
        here = false;
      };
    }, [isWaiting]);
    if ("error" in state) throw state.error;
    if (state.Shown) return <state.Shown {...props} />;
    return Waiting ? <Waiting {...props} /> : null;
  }
  return Object.assign(Screen, { ahead: () => void fetch().catch(() => undefined) });
}

/** The first screen has everything to itself for so long. */
const othersAfterMs = 2_000;

/** Fetches the other screens when there is nothing else to do, so that a later update takes none of them away. */
export function fetchOtherScreens(): () => void {
  const fetchAll = async () => {
    // Who opens the screen asks again, and is told.
    for (const fetch of others) await fetch().catch(() => undefined);
  };
  const timer = setTimeout(() => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => void fetchAll());
    else void fetchAll();
  }, othersAfterMs);
  return () => clearTimeout(timer);
}

function sessionStorageOrNull(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
