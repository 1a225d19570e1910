import { fetchUntilGivenUp } from "../api/under-way";
import { at, ownName } from "../base";
import type { Message } from "./types";

/** What a session needs of the browser; tests bring their own. */
export interface World {
  /** `path` is below `api/v1/`. */
  fetch(path: string, init: RequestInit): Promise<Response>;
  now(): number;
  /** Runs `work` while no other tab does, and tells it whether it had to wait for another one. */
  exclusively<T>(work: (waited: boolean) => Promise<T>): Promise<T>;
  post(message: Message): void;
  listen(listener: (message: Message) => void): void;
  /** What is remembered of who was signed in, over a reload. */
  recall(): string | null;
  remember(text: string | null): void;
  /** Whether there may be a session: somebody was signed in, or nothing can be remembered here. */
  mayHaveSession(): boolean;
  /** Resolves after so many milliseconds, or when the network is back. */
  pause(ms: number): Promise<void>;
}

const LOCK = "lockstep.refresh";
const CHANNEL = "lockstep.session";
const KEPT = "lockstep.me";
/** The server sets this cookie beside the one that no script reads. It stays when the browser throws a site's storage away. */
const KNOWN = "lockstep.known";
/** A frozen tab keeps its lock. After that long the others go on: the server answers a repeated refresh alike. */
const LOCK_PATIENCE_MS = 5_000;
const ANSWER_PATIENCE_MS = 20_000;

export function browserWorld(): World {
  let channel: BroadcastChannel | null = null;
  return {
    fetch: (path, init) => {
      const signal = AbortSignal.timeout(ANSWER_PATIENCE_MS);
      return fetchUntilGivenUp(new Request(at(`api/v1/${path}`), { ...init, signal }));
    },
    now: () => Date.now(),
    exclusively,
    post: (message) => channel?.postMessage(message),
    listen: (listener) => {
      if (typeof BroadcastChannel === "undefined") return;
      channel = new BroadcastChannel(ownName(CHANNEL));
      channel.addEventListener("message", (event: MessageEvent<Message>) => listener(event.data));
    },
    recall: () => stored(() => localStorage.getItem(ownName(KEPT))),
    remember: (text) => {
      const key = ownName(KEPT);
      stored(() => (text === null ? localStorage.removeItem(key) : localStorage.setItem(key, text)));
      if (text === null) forgetCookie();
    },
    mayHaveSession: () => isKnown() || !navigator.cookieEnabled,
    pause: untilOnlineOr,
  };
}

async function exclusively<T>(work: (waited: boolean) => Promise<T>): Promise<T> {
  // Without a secure context there are no locks: then each tab refreshes for itself.
  if (!("locks" in navigator)) return work(false);
  const free = await navigator.locks.request(ownName(LOCK), { ifAvailable: true }, async (lock) =>
    lock === null ? null : { result: await work(false) },
  );
  return free === null ? afterOthers(work) : free.result;
}

async function afterOthers<T>(work: (waited: boolean) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(LOCK_PATIENCE_MS);
  let begun = false;
  try {
    return await navigator.locks.request(ownName(LOCK), { signal }, () => {
      begun = true;
      return work(true);
    });
  } catch (error) {
    if (begun) throw error;
    return work(true);
  }
}

function isKnown(): boolean {
  return document.cookie.split("; ").includes(`${KNOWN}=1`);
}

/** The server does it when somebody signs out. It is not asked when a session ended elsewhere. */
function forgetCookie(): void {
  const path = new URL(document.baseURI).pathname;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser.
  document.cookie = `${KNOWN}=; Max-Age=0; Path=${path}`;
}

/** Storage may be forbidden or full; then nothing is remembered. */
function stored<T>(access: () => T): T | null {
  try {
    return access();
  } catch {
    return null;
  }
}

function untilOnlineOr(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
  });
}
