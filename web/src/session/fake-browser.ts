import { Session } from "./session";
import type { Me, Message } from "./types";
import type { World } from "./world";

/** A server with accounts, and one browser in front of it with tabs: cookie, locks, channel and clock are shared. */
export class FakeBrowser {
  now = 0;
  refreshes = 0;
  /** What happens to the next requests instead of an answer: `lost` ones were carried out. */
  readonly faults: ("unreachable" | "lost")[] = [];
  isOffline = false;
  /** Messages between the tabs take until time passes. */
  isSlow = false;
  /** Messages between the tabs are lost. */
  isDeaf = false;
  kept: string | null = null;
  isKnown = false;
  readonly #ends = new Set<string>();
  #cookie: string | null = null;
  #issued = 0;
  #lock: Promise<unknown> = Promise.resolve();
  #held = 0;
  readonly #tabs: ((message: Message) => void)[] = [];
  #paused: (() => void)[] = [];

  tab(): Session {
    return new Session(this.#world());
  }

  /** The server ends the session of whoever the browser's cookie is for. */
  endSession(): void {
    if (this.#cookie !== null) this.#ends.add(this.#cookie);
  }

  /** Whoever waits goes on. */
  async elapse(): Promise<void> {
    const paused = this.#paused;
    this.#paused = [];
    for (const resume of paused) resume();
    await settled();
  }

  #world(): World {
    const tab = this.#tabs.length;
    this.#tabs.push(() => {});
    return {
      fetch: (path, init) => this.#fetch(path, init),
      now: () => this.now,
      exclusively: (work) => this.#exclusively(work),
      post: (message) => this.#post(tab, message),
      listen: (listener) => {
        this.#tabs[tab] = listener;
      },
      recall: () => this.kept,
      remember: (text) => {
        this.kept = text;
        this.isKnown = text !== null;
      },
      mayHaveSession: () => this.isKnown,
      pause: () => new Promise((resolve) => this.#paused.push(resolve)),
    };
  }

  #exclusively<T>(work: (waited: boolean) => Promise<T>): Promise<T> {
    const waited = this.#held > 0;
    this.#held++;
    const result = this.#lock.then(() => work(waited));
    const release = () => {
      this.#held--;
    };
    this.#lock = result.then(release, release);
    return result;
  }

  #post(from: number, message: Message): void {
    if (this.isDeaf) return;
    this.#tabs.forEach((hear, tab) => {
      const arrive = () => hear(structuredClone(message));
      if (tab === from) return;
      if (this.isSlow) this.#paused.push(arrive);
      else queueMicrotask(arrive);
    });
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const fault = this.isOffline ? "unreachable" : this.faults.shift();
    if (fault === "unreachable") throw new TypeError("Failed to fetch");
    const response = this.#answer(path, init);
    if (fault === "lost") throw new TypeError("Failed to fetch");
    return response;
  }

  #answer(path: string, init: RequestInit): Response {
    if (path === "auth/login" || path === "auth/register") return this.#signIn(String(init.body));
    if (path === "auth/refresh") return this.#refresh();
    if (path === "auth/logout") {
      this.#cookie = null;
      return new Response(null, { status: 204 });
    }
    const token = new Headers(init.headers).get("authorization")?.split(" ")[1] ?? "";
    if (path === "me") return Response.json({ user: { ...person(token), ...patchOf(init) } });
    throw new Error(`The fake server has no ${path}.`);
  }

  #signIn(body: string): Response {
    const { email, password } = JSON.parse(body) as { email: string; password: string };
    if (password !== "right") return problem(401, "invalid_credentials");
    this.#cookie = email;
    this.#ends.delete(email);
    return this.#issue(email);
  }

  #refresh(): Response {
    this.refreshes++;
    if (this.#cookie === null) return problem(401, "unauthenticated");
    return this.#ends.has(this.#cookie) ? problem(401, "session_ended") : this.#issue(this.#cookie);
  }

  #issue(email: string): Response {
    this.#issued++;
    const { id, name } = person(email);
    return Response.json({ user: { id, name, email }, access_token: `${email}#${this.#issued}`, expires_in: 900 });
  }
}

/** Everything that was about to happen has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

/** Whom a token or an address is for. */
function person(text: string): Me {
  const email = text.split("#")[0] ?? "";
  return { id: `id-${email}`, name: email, email, admin: false, locale: "en", timezone: "UTC", preferences: {} };
}

const patchOf = (init: RequestInit): Partial<Me> =>
  init.method === "PATCH" ? (JSON.parse(String(init.body)) as Partial<Me>) : {};

function problem(status: number, code: string): Response {
  const body = { type: `urn:lockstep:problem:${code}`, title: code, status, detail: "No.", code };
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } });
}
