// Keeps the comments of a task up to date for as long as its project is open: listed once, then folded on.

import { api, ok } from "../../api/client";
import type { Id, ProjectEvent } from "../../sync/model";
import type { ProjectStore } from "../../sync/store";
import { type Comment, type Comments, foldComment, foretell, isOfComments } from "./threads";

export type ThreadState = "loading" | "ready" | "failed";

export interface ThreadView {
  readonly state: ThreadState;
  readonly comments: Comments;
}

export class ThreadStore {
  private comments: Comments = new Map();
  private state: ThreadState = "loading";
  /** What came while the list was asked for. */
  private waiting: ProjectEvent[] = [];
  private shown: ThreadView | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: ProjectStore,
    private readonly task: Id,
    private readonly me: Id,
  ) {
    store.onEvent((event) => this.hear(event));
    store.on("replaced", () => void this.load());
    store.on("pending", () => this.tell());
    void this.load();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  view = (): ThreadView => {
    this.shown ??= { state: this.state, comments: this.withPending() };
    return this.shown;
  };

  async load(): Promise<void> {
    this.state = this.comments.size > 0 ? "ready" : "loading";
    this.waiting = [];
    try {
      this.comments = this.catchUp(await list(this.store.id, this.task));
      this.state = "ready";
    } catch {
      // The person is told, and can ask again.
      this.state = "failed";
    }
    this.tell();
  }

  private hear(event: ProjectEvent): void {
    if (!isOfComments(event) || event.data.task !== this.task) return;
    this.waiting.push(event);
    if (this.state === "loading") return;
    this.comments = foldComment(this.comments, event);
    this.tell();
  }

  private catchUp({ comments, seen }: Listed): Comments {
    const newer = this.waiting.filter((event) => event.version > (seen.get(event.data.comment) ?? 0));
    this.waiting = [];
    return newer.reduce(foldComment, comments);
  }

  private withPending(): Comments {
    return this.store.pending.reduce(
      (comments, { command, at }) => foretell(comments, command, this.me, at, this.task),
      this.comments,
    );
  }

  private tell(): void {
    this.shown = null;
    for (const listener of [...this.listeners]) listener();
  }
}

interface Listed {
  readonly comments: Comments;
  /** Up to which version the events of a comment are in it. */
  readonly seen: ReadonlyMap<Id, number>;
}

async function list(project: Id, task: Id): Promise<Listed> {
  const comments = new Map<Id, Comment>();
  const seen = new Map<Id, number>();
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 200 } : { limit: 200, cursor };
    const page: Page = await ok(
      api.GET("/api/v1/projects/{project}/tasks/{task}/comments", { params: { path: { project, task }, query } }),
    );
    for (const one of page.items) {
      comments.set(one.id, { ...one, body: one.body ?? null, reply_to: one.reply_to ?? null });
      seen.set(one.id, page.version);
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
  return { comments, seen };
}

interface Page {
  items: readonly (Omit<Comment, "body" | "reply_to"> & { body?: string | null; reply_to?: Id | null })[];
  next_cursor: string | null;
  version: number;
}

const stores = new WeakMap<ProjectStore, Map<Id, ThreadStore>>();

/** The comments of a task. Once asked for, they are there at once the next time. */
export function threadOf(store: ProjectStore, task: Id, me: Id): ThreadStore {
  const known = stores.get(store) ?? new Map<Id, ThreadStore>();
  stores.set(store, known);
  const thread = known.get(task) ?? new ThreadStore(store, task, me);
  known.set(task, thread);
  return thread;
}
