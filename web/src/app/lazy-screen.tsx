import { type ComponentType, lazy } from "react";
import { type Loader, loadChunk } from "./chunks";

const loader: Loader = {
  // The name of the file has a hash of what is in it.
  build: import.meta.url,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  reload: () => location.reload(),
  storage: sessionStorageOrNull(),
};

const others: (() => Promise<unknown>)[] = [];

/** A screen in a chunk of its own: `lazyScreen(() => import("../screens/inbox"), (screen) => screen.InboxScreen)`. */
export function lazyScreen<Module, Props extends object>(
  load: () => Promise<Module>,
  pick: (module: Module) => ComponentType<Props>,
) {
  others.push(load);
  return lazy(async () => ({ default: pick(await loadChunk(load, loader)) }));
}

/** Fetches the other screens when there is nothing else to do, so that a later update takes none of them away. */
export function fetchOtherScreens(): void {
  const fetchAll = async () => {
    // Who opens the screen asks again, and is told.
    for (const load of others) await load().catch(() => undefined);
  };
  if ("requestIdleCallback" in window) requestIdleCallback(() => void fetchAll());
  else setTimeout(() => void fetchAll(), 2_000);
}

function sessionStorageOrNull(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
