const ATTEMPTS = 5;
const PAUSE_MS = 300;
const RELOADED = "lockstep.reloaded";

/** What loading a chunk needs of the browser; tests bring their own. */
export interface Loader {
  /** Which build this page is of. */
  build: string;
  pause(ms: number): Promise<void>;
  reload(): void;
  storage: Pick<Storage, "getItem" | "setItem"> | null;
}

/**
 * Loads a chunk of the page. During an update the balancer may ask an instance of another build, which answers 404: others
 * are tried before the page is loaded anew, which happens once for each build.
 */
export async function loadChunk<T>(load: () => Promise<T>, loader: Loader): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await load();
    } catch (error) {
      if (attempt < ATTEMPTS) await loader.pause(PAUSE_MS * attempt);
      else if (mayReload(loader)) return reloading(loader);
      else throw error;
    }
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
