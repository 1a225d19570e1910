// Real instances on a database of their own, run by the test kit's program and spoken to in JSON lines.

import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";

export interface Account {
  id: string;
  name: string;
  email: string;
  password: string;
  token: string;
}

interface State {
  instances: { http: string; ws: string }[];
  users: Account[];
}

function program(): string {
  const lockstep = process.env["LOCKSTEP_BIN"];
  if (!lockstep) throw new Error("LOCKSTEP_BIN is not set: `make test` names the program in it");
  return join(dirname(lockstep), "testkit-cluster");
}

export class Cluster {
  instances: State["instances"] = [];
  users: Account[] = [];
  /** What the instances and their starter said. */
  log = "";
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess, lines: Interface) {
    this.#child = child;
    this.#lines = lines[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => child.once("close", () => resolve()));
    child.stderr?.on("data", (text) => {
      this.log += String(text);
    });
  }

  static async start(instances: number, users: number, settings: Record<string, string> = {}): Promise<Cluster> {
    const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const child = spawn(program(), [String(instances), String(users), ...pairs], { stdio: "pipe" });
    const cluster = new Cluster(child, createInterface({ input: child.stdout }));
    cluster.#take(await cluster.#answer());
    return cluster;
  }

  user(index: number): Account {
    const account = this.users[index];
    if (!account) throw new Error(`the flow asked for ${this.users.length} accounts`);
    return account;
  }

  async kill(instance: number): Promise<void> {
    this.#take(await this.#ask({ do: "kill", instance }));
  }

  /** Starts an instance again on the port that it had. */
  async restart(instance: number): Promise<void> {
    this.#take(await this.#ask({ do: "restart", instance }));
  }

  /** Starts an instance again with another build of the program. */
  async update(instance: number, program: string): Promise<void> {
    this.#take(await this.#ask({ do: "update", instance, program }));
  }

  async stopRedis(): Promise<void> {
    await this.#ask({ do: "stop_redis" });
  }

  async startRedis(): Promise<void> {
    await this.#ask({ do: "start_redis" });
  }

  /** Adds to the log what the instances said last. */
  async readLog(): Promise<string> {
    await this.#ask({ do: "logs" });
    return this.log;
  }

  async quit(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }

  #ask(request: object): Promise<State> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    return this.#answer();
  }

  async #answer(): Promise<State> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`testkit-cluster ended:\n${this.log}`);
    const answer = JSON.parse(value) as State & { error?: string };
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  #take({ instances, users }: State): void {
    this.instances = instances;
    this.users = users;
  }
}
