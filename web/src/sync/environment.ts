// What the engine needs of the world around it. A browser has it (browser.ts), and the model test has it in memory.

import type { Id } from "./model";
import type { Storage } from "./storage";

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after a while, unless what it answers is called before. */
  after(milliseconds: number, run: () => void): () => void;
  /** Runs before the next frame is drawn, or soon where none is drawn. */
  frame(run: () => void): void;
}

export interface Channel {
  post(message: unknown): void;
  close(): void;
}

export interface Answer {
  readonly status: number;
  /** `undefined` when the body was no JSON: then something other than Lockstep answered. */
  readonly body: unknown;
  /** In milliseconds. */
  readonly retryAfter: number | null;
}

/** The server did not answer, or could not be reached. */
export class NoAnswer extends Error {}

/** A lock that at most one tab has. */
export interface Lock {
  /** Whether it is still ours. Asks the browser, because a tab that slept may have lost it without hearing of it. */
  held(): Promise<boolean>;
  release(): void;
}

export interface Locks {
  /** Waits for the lock, or takes it from whoever has it. Calls `lost` if somebody else takes it later. */
  take(name: string, how: "wait" | "steal", lost: () => void): { lock: Promise<Lock>; cancel: () => void };
}

export interface Position {
  readonly epoch: string;
  readonly version: number;
}

export interface Heard {
  /** Events of a project as they come: in order on one connection, but some may come twice. */
  events(events: readonly unknown[]): void;
  /** The subscription stands; `void`: not from where it was asked to, so a snapshot has to be loaded. */
  subscribed(from: "position" | "void"): void;
  /** The subscription does not stand just now, so the log may go on unheard. */
  waiting(): void;
  /** It does not come back by itself: the person is no member any more, or the project is gone. */
  gone(): void;
  /** Where the log ends on the server. */
  head(head: Position): void;
  /** What another person said, which is stored nowhere. */
  said(data: unknown, by: { user: Id; client: string }): void;
  /** Somebody came to the project, or left it. */
  moved(what: "join" | "leave", who: { user: Id; client: string }): void;
}

export interface Subscribed {
  publish(data: unknown): void;
  presence(): Promise<Record<string, { user: Id; client: string }>>;
  end(): void;
}

export type SocketState = "connecting" | "connected" | "ended";

/** The one connection to the server. It connects again by itself. */
export interface Socket {
  connect(): void;
  disconnect(): void;
  /** Connects anew now, whatever it was waiting for. */
  again(): void;
  project(id: Id, since: Position, heard: Heard): Subscribed;
  /** Ends the connection, and makes none until `again`. */
  rest(): void;
  /** A question with the cheapest answer. Rejects when none came in time. */
  probe(milliseconds: number): Promise<void>;
}

export interface SocketHeard {
  state(state: SocketState): void;
  /** An attempt to connect failed. */
  failed(): void;
  /** Something for this person alone, as docs/API.md has it under `user:<id>`. */
  own(type: string): void;
}

/** What comes of a stream of events. */
export interface StreamHeard {
  /** Something came, if only to show that the stream is alive. */
  sign(): void;
  event(name: string, data: unknown): void;
  /** It ended, or could not be opened. */
  ended(): void;
}

/** `away`: the session ended, and what is unsent is kept until the same person is `here` again. */
export type SessionNow = "here" | "away" | "signed_out" | "somebody_else";

export interface Environment {
  readonly clock: Clock;
  /** `null` where the page is not served over HTTPS or from this machine. Then each tab is on its own. */
  readonly locks: Locks | null;
  newId(): Id;
  /** From 0 to below 1: so that many pages do not ask in the same moment. */
  random(): number;
  storage(user: Id): Promise<Storage>;
  channel(name: string, listener: (message: unknown) => void): Channel;
  socket(user: Id, heard: SocketHeard): Socket;
  /**
   * One request below `/api/v1`. Rejects with `NoAnswer` when none came in that many milliseconds, with `SessionEnded` when
   * nobody is signed in.
   */
  http(method: string, path: string, body?: unknown, within?: number): Promise<Answer>;
  /** Reads server-sent events below `/api/v1`, until what it answers is called. */
  stream(path: string, heard: StreamHeard): () => void;
  /** Ends the requests that were sent before then and have no answer yet: the network that they went into is gone. */
  giveUp(before: number): void;
  visible(): boolean;
  /** The tab became visible, came back, or is on a network again. */
  onWake(listener: () => void): () => void;
  /** Asks the browser to keep what is stored. */
  persist(): void;
  /** Whether the server answers anything at all within this time. */
  reach(milliseconds: number): Promise<boolean>;
  onSession(listener: (now: SessionNow) => void): () => void;
}
