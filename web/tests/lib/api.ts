// What the server knows, asked beside the page.

import type { Account, Cluster } from "./cluster";

export interface Task {
  id: string;
  number: number;
  title: string;
  status: string;
  rank: string;
  comment_count: number;
}

export interface Digest {
  version: number;
  digest: string;
}

export interface LoggedEvent {
  version: number;
  type: string;
  at: string;
}

interface Snapshot {
  tasks: Task[];
}

type Command = Record<string, unknown> & { type: string };

export class Api {
  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  static of(cluster: Cluster, account: Account, instance = 0): Api {
    return new Api(cluster.instances[instance]?.http ?? "", account.token);
  }

  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.address}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text === "" ? "null" : text) as T;
  }

  async project(name: string, members: readonly Account[] = []): Promise<string> {
    const { project } = await this.send<{ project: { id: string } }>("POST", "projects", { name, key: "SHOP" });
    for (const { id } of members) {
      await this.send("POST", `projects/${project.id}/members`, { user: id, role: "editor" });
    }
    return project.id;
  }

  async commands(project: string, commands: readonly Command[]): Promise<void> {
    const withIds = commands.map((command) => ({ command_id: crypto.randomUUID(), ...command }));
    const answer = await this.send<{ results: { problem?: unknown }[] }>("POST", `projects/${project}/commands`, {
      commands: withIds,
      atomic: false,
    });
    const refused = answer.results.find((result) => result.problem);
    if (refused) throw new Error(JSON.stringify(refused.problem));
  }

  /** Makes tasks in a column and answers their ids, in order. */
  async tasks(project: string, status: string, titles: readonly string[]): Promise<string[]> {
    const ids = titles.map(() => crypto.randomUUID());
    await this.commands(
      project,
      titles.map((title, index) => ({ type: "task.create", id: ids[index], title, status })),
    );
    return ids;
  }

  /** The titles of all tasks in the order in which the log has their creation. */
  async titlesCreated(project: string): Promise<string[]> {
    interface Created {
      type: string;
      data: { task?: { title: string } };
    }
    const { events } = await this.send<{ events: Created[] }>("GET", `projects/${project}/events?after=0`);
    return events.flatMap(({ type, data }) => (type === "task.created" && data.task ? [data.task.title] : []));
  }

  /** Ends the sessions of this account in browsers. */
  async endOtherSessions(): Promise<void> {
    const { items } = await this.send<{ items: { id: string; current: boolean }[] }>("GET", "me/sessions");
    for (const { id, current } of items) if (!current) await this.send("DELETE", `me/sessions/${id}`);
  }

  /** The digest of the whole project as the server folds it. */
  digest(project: string): Promise<Digest> {
    return this.send<Digest>("GET", `projects/${project}/digest`);
  }

  /** The whole log of a project. */
  async events(project: string): Promise<LoggedEvent[]> {
    const all: LoggedEvent[] = [];
    for (let more = true; more; ) {
      const path = `projects/${project}/events?limit=1000&after=${all.length}`;
      const answer = await this.send<{ events: LoggedEvent[]; more: boolean }>("GET", path);
      all.push(...answer.events);
      more = answer.more;
    }
    return all;
  }

  async allTasks(project: string): Promise<Task[]> {
    return (await this.send<Snapshot>("GET", `projects/${project}/snapshot`)).tasks;
  }

  /** The titles of a column from top to bottom. */
  async column(project: string, status: string): Promise<string[]> {
    const tasks = (await this.allTasks(project)).filter((task) => task.status === status);
    return tasks.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map((task) => task.title);
  }
}
