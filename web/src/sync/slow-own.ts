// What the server says to one person alone, where no socket says it: asked for, and told when it is another one than before.

import type { Environment } from "./environment";

type Item = Readonly<Record<string, unknown>>;

interface List {
  readonly items: readonly Item[];
  readonly unread?: number;
}

interface Question {
  readonly topic: string;
  readonly path: string;
  /** What matters of the answer. */
  read(list: List): unknown;
}

const questions: readonly Question[] = [
  {
    topic: "user:notification",
    path: "me/notifications?limit=1",
    read: ({ unread, items }) => [unread, items],
  },
  {
    topic: "user:project_list.changed",
    path: "projects?limit=200",
    // Their order and counts are different with each change of a task.
    read: ({ items }) => items.map(({ id, key, name, role }) => JSON.stringify([id, key, name, role])).sort(),
  },
  {
    topic: "user:people.changed",
    path: "people?limit=200",
    read: ({ items }) => items,
  },
];

export class SlowOwn {
  private readonly known = new Map<string, string>();

  constructor(
    private readonly environment: Environment,
    private readonly tell: (topic: string) => void,
  ) {}

  /** One question after the other. Without an answer the next time will do. */
  async ask(): Promise<void> {
    for (const { topic, path, read } of questions) {
      const answer = await this.environment.http("GET", path).catch(() => null);
      if (answer?.status !== 200 || !isList(answer.body)) continue;
      const seen = JSON.stringify(read(answer.body));
      const before = this.known.get(topic);
      this.known.set(topic, seen);
      // What changed before the first answer nobody knows.
      if (seen !== before) this.tell(topic);
    }
  }
}

/** Else a proxy answered. */
function isList(body: unknown): body is List {
  return typeof body === "object" && body !== null && "items" in body && Array.isArray(body.items);
}
