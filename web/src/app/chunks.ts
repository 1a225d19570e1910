const RELOADED = "lockstep.reloaded";

/** What loading a chunk needs of the browser; tests bring their own. */
export interface Loader {
  /** Which build this page is of. */
  build: string;
  /** Whether the server can be reached. */
  answers(): Promise<boolean>;
  reload(): void;
  storage: Pick<Storage, "getItem" | "setItem"> | null;
}

/**
 * Loads a chunk of the page. One that failed, because the network was away for a moment, a browser does not ask for again in the
 * same document: so the page is loaded anew, once for each build. What is unsent or half written is kept.
 */
export async function loadChunk<T>(load: () => Promise<T>, loader: Loader): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((await loader.answers()) && mayReload(loader)) return reloading(loader);
    throw error;
  }
}

function mayReload({ storage, build }: Loader): boolean {
  try {
    if (storage === null || storage.getItem(RELOADED) === build) return false;
    storage.setItem(RELOADED, build);
    return true;
  } catch {
    // Without a count it might reload for ever.
    return false;
  }
}

/** The page is about to go, so nobody waits for the answer. */
function reloading<T>(loader: Loader): Promise<T> {
  loader.reload();
  return new Promise<T>(() => {});
}
