// The environment of the engine in a browser.

import { fetchAsMe, seenBuild } from "../api/client";
import { SessionEnded } from "../api/problem";
import { giveUp } from "../api/under-way";
import { at } from "../base";
import { newId } from "../new-id";
import { session } from "../session/session";
import { Database } from "./database";
import {
  type Answer,
  type Channel,
  type Clock,
  type Environment,
  type Lock,
  type Locks,
  NoAnswer,
  type SessionNow,
  type StreamHeard,
} from "./environment";
import { openSocket } from "./socket";
import { EventReader } from "./stream";

const answerWithin = 30_000;

/** Two installations may share an origin. */
const scope = (): string => new URL(document.baseURI).pathname;

export function browser(): Environment {
  return {
    clock,
    locks: navigator.locks ? webLocks() : null,
    newId,
    random: () => Math.random(),
    storage: (user) => Database.open(`lockstep ${scope()} ${user}`),
    channel,
    socket: (user, heard) =>
      openSocket(
        {
          address: at("connection/websocket").replace(/^http/, "ws"),
          token: () => session.token(),
          check: () => session.check(),
          build: seenBuild,
        },
        user,
        heard,
      ),
    http,
    stream,
    giveUp,
    visible: () => document.visibilityState === "visible",
    onWake,
    persist: () => void navigator.storage?.persist?.().catch(() => false),
    reach,
    onSession,
  };
}

const clock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  // A hidden tab draws no frames.
  frame: (run) => void (document.visibilityState === "visible" ? requestAnimationFrame(run) : setTimeout(run, 50)),
};

function channel(name: string, listener: (message: unknown) => void): Channel {
  if (typeof BroadcastChannel === "undefined") return { post: () => undefined, close: () => undefined };
  const open = new BroadcastChannel(`${scope()} ${name}`);
  open.onmessage = ({ data }) => listener(data);
  return { post: (message) => open.postMessage(message), close: () => open.close() };
}

async function http(method: string, path: string, body?: unknown, within = answerWithin): Promise<Answer> {
  const init: RequestInit = { method, cache: "no-store", signal: AbortSignal.timeout(within) };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json" };
  }
  const response = await fetchAsMe(new Request(at(`api/v1/${path}`), init)).catch((error: unknown) => {
    throw error instanceof SessionEnded ? error : new NoAnswer(String(error));
  });
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return {
    status: response.status,
    body: await bodyOf(response),
    retryAfter: Number.isFinite(seconds) ? seconds * 1_000 : null,
  };
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text().catch((error: unknown) => {
    throw new NoAnswer(String(error));
  });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stream(path: string, heard: StreamHeard): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const headers = { accept: "text/event-stream" };
  const request = new Request(at(`api/v1/${path}`), { headers, cache: "no-store", signal });
  const ended = () => !signal.aborted && heard.ended();
  read(request, heard).then(ended, ended);
  return () => stopping.abort();
}

/** Resolves when the stream is over. */
async function read(request: Request, heard: StreamHeard): Promise<void> {
  const { ok, body } = await fetchAsMe(request);
  if (!ok || !body) return;
  const events = new EventReader();
  const pieces = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await pieces.read();
    if (done) return;
    heard.sign();
    for (const { name, data } of events.take(value)) heard.event(name, JSON.parse(data));
  }
}

async function reach(milliseconds: number): Promise<boolean> {
  try {
    const response = await fetch(at("api/v1/instance"), {
      cache: "no-store",
      signal: AbortSignal.timeout(milliseconds),
    });
    return response.ok;
  } catch {
    return false;
  }
}

function onWake(listener: () => void): () => void {
  const seen = () => {
    if (document.visibilityState === "visible") listener();
  };
  window.addEventListener("online", listener);
  window.addEventListener("pageshow", listener);
  document.addEventListener("visibilitychange", seen);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("pageshow", listener);
    document.removeEventListener("visibilitychange", seen);
  };
}

function onSession(listener: (now: SessionNow) => void): () => void {
  return session.subscribe(() => {
    const state = session.state();
    if (state.kind === "signed_in") listener("here");
    else if (state.kind === "expired") listener("away");
    else if (state.kind === "replaced") listener("somebody_else");
    else if (state.kind === "signed_out") listener(state.reason === "ended" ? "away" : "signed_out");
  });
}

function webLocks(): Locks {
  return {
    take: (name, how, lost) => {
      const waiting = new AbortController();
      const full = `lockstep ${scope()} ${name}`;
      const options: LockOptions = how === "steal" ? { steal: true } : { signal: waiting.signal };
      const lock = new Promise<Lock>((won, failed) => {
        const over = navigator.locks.request(full, options, () => hold(full, won));
        over.catch((error) => {
          failed(error);
          lost();
        });
      });
      return { lock, cancel: () => waiting.abort() };
    },
  };
}

/** Settles when the lock is given back. Whose lock it is the browser knows by a client's id. */
function hold(name: string, won: (lock: Lock) => void): Promise<void> {
  return new Promise((release) => {
    void holder(name).then((mine) => won({ held: async () => (await holder(name)) === mine, release }));
  });
}

async function holder(name: string): Promise<string | undefined> {
  const { held } = await navigator.locks.query();
  return held?.find((lock) => lock.name === name)?.clientId;
}
