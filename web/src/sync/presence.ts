// Who is in a project now, and what they say without storing it: typing, and which task they have open.

import type { Id } from "./model";
import type { Listener } from "./topics";

/** One socket of somebody, as the server names it. */
export interface Here {
  readonly user: Id;
  readonly client: string;
}

/** What a client says to the others: which task it shows, and in which of its fields it types. Never stored, at most 1 KiB. */
export interface Said {
  readonly task: Id | null;
  readonly typing: string | null;
}

/** What somebody said counts for so long; who goes on says it again in time. */
export const saidForMs = 10_000;
export const sayAgainMs = 5_000;

export class Presence {
  private readonly clients = new Map<string, Here>();
  private readonly said = new Map<string, Said & { readonly user: Id; readonly until: number }>();
  private readonly listeners = new Set<Listener>();
  private userList: readonly Id[] = [];

  constructor(private readonly clock: () => number) {}

  on = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Everybody who is here, once each, in the order of their ids. */
  users = (): readonly Id[] => this.userList;

  /** Who shows a task, or types in a field of it, other than `me`. */
  at(task: Id, me: Id, typing?: string): Id[] {
    const now = this.clock();
    const found = [...this.said.values()].filter(
      (said) =>
        said.until > now && said.user !== me && said.task === task && (typing === undefined || said.typing === typing),
    );
    return [...new Set(found.map((said) => said.user))].sort();
  }

  /** The whole list, as the server has it. `null`: nobody knows just now. */
  replace(list: readonly Here[] | null): void {
    const left = [...this.clients.keys()].filter((client) => !list?.some((here) => here.client === client));
    for (const client of left) this.said.delete(client);
    this.clients.clear();
    for (const here of list ?? []) this.clients.set(here.client, here);
    this.tell();
  }

  heard(from: Here, said: Said): void {
    this.said.set(from.client, { ...said, user: from.user, until: this.clock() + saidForMs });
    this.tell();
  }

  /** Forgets what was said too long ago. */
  expire(): void {
    const now = this.clock();
    const old = [...this.said].filter(([, said]) => said.until <= now);
    for (const [client] of old) this.said.delete(client);
    if (old.length > 0) this.tell();
  }

  private tell(): void {
    const users = [...new Set([...this.clients.values()].map((here) => here.user))].sort();
    if (users.join() !== this.userList.join()) this.userList = users;
    for (const listener of [...this.listeners]) listener();
  }
}

/** The presence of each project that this tab asked about. */
export class Presences {
  private readonly all = new Map<Id, Presence>();

  of(project: Id): Presence {
    const known = this.all.get(project);
    if (known) return known;
    const made = new Presence(() => Date.now());
    this.all.set(project, made);
    return made;
  }

  /** Who is in each project, as the leading tab has it. */
  seen(here: Readonly<Record<Id, readonly Here[] | null>>): void {
    for (const [project, presence] of this.all) {
      presence.replace(here[project] ?? null);
      presence.expire();
    }
  }

  said(project: Id, data: unknown, by: Here): void {
    const said = readSaid(data);
    if (said) this.of(project).heard(by, said);
  }
}

/** Reads what another client said; anything else is nobody's. */
export function readSaid(data: unknown): Said | null {
  if (typeof data !== "object" || data === null) return null;
  const { task, typing } = data as Record<string, unknown>;
  if (!(task === null || typeof task === "string") || !(typing === null || typeof typing === "string")) return null;
  return { task, typing };
}
