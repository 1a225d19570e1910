import { isNetworkError, SessionEnded, sentence } from "../api/problem";
import { type Access, accessOf } from "./access";
import { keep, keptMe } from "./kept";
import { introduce, readMe, send, signedIn } from "./requests";
import { FIRST_PAUSE_MS, isUnauthorized, keepTrying } from "./retry";
import type { Me, MePatch, Message, Person, Registration, SessionState, SignedIn } from "./types";
import { browserWorld, type World } from "./world";

/** The answer of the tab that refreshed before us may come after its lock. */
const HEARING_MS = 100;

/**
 * Who is signed in, in all tabs of this browser. The access token is in memory only; the refresh token is in a cookie that
 * no script reads.
 */
export class Session {
  #state: SessionState = { kind: "starting" };
  #access: Access | null = null;
  #opening: Promise<void> | null = null;
  #refreshing: Promise<void> | null = null;
  #retrying = false;
  readonly #listeners = new Set<() => void>();
  readonly #guards = new Set<() => Promise<boolean>>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  state = (): SessionState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Resolves when it is known who is signed in: at once for who was when this browser was last here. */
  start(): Promise<void> {
    this.#opening ??= this.#start();
    return this.#opening;
  }

  /** @throws SessionEnded, or what kept the refresh from an answer. The state stays in the latter case. */
  async token(): Promise<string> {
    await this.#opening;
    this.#assertSignedIn();
    const access = this.#access;
    const now = this.#world.now();
    if (access !== null && (now < access.renewAt || (this.#retrying && now < access.endsAt))) return access.token;
    try {
      await this.#refresh();
    } catch (error) {
      if (error instanceof SessionEnded) throw error;
      this.#refreshLater();
      if (this.#access === null || this.#world.now() >= this.#access.endsAt) throw error;
    }
    this.#assertSignedIn();
    if (this.#access === null) throw new SessionEnded();
    return this.#access.token;
  }

  /** The server did not take `token`: the next one is a new one. */
  invalidate(token: string): void {
    if (this.#access?.token === token) this.#access = null;
  }

  /** The server closed a connection because of its session: a new token, or the end. */
  check(): Promise<string> {
    this.#access = null;
    return this.token();
  }

  async signIn(email: string, password: string): Promise<void> {
    const ask = () => signedIn(this.#world, "auth/login", { email, password });
    await this.#enter(ask, (token) => readMe(this.#world, token));
  }

  async register(registration: Registration): Promise<void> {
    const ask = () => signedIn(this.#world, "auth/register", registration);
    await this.#enter(ask, (token) => introduce(this.#world, token));
  }

  /** Chooses a new password by a link. It ends all sessions of that account. */
  async reset(token: string, password: string): Promise<void> {
    await send(this.#world, "auth/reset", { body: { token, password } });
  }

  /** `guard` is asked before a person signs out, and may say no: for example when something is unsent. */
  guardSignOut(guard: () => Promise<boolean>): () => void {
    this.#guards.add(guard);
    return () => this.#guards.delete(guard);
  }

  /** In all tabs; with `all` on all devices. The cookie goes with the server's answer only, so without one this throws. */
  async signOut({ all = false }: { all?: boolean } = {}): Promise<void> {
    for (const guard of this.#guards) {
      if (!(await guard())) return;
    }
    if (all) await this.#endOtherSessions();
    try {
      await this.#world.exclusively(() => send(this.#world, "auth/logout", {}));
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
    }
    this.#leave(false);
  }

  /** After the session ended: to the sign-in page. What is unsent is kept for who was here. */
  abandon(): void {
    this.#leave(true);
  }

  async updateMe(patch: MePatch): Promise<Me> {
    const response = await send(this.#world, "me", { method: "PATCH", token: await this.token(), body: patch });
    const { user } = (await response.json()) as { user: Me };
    this.#tellMe(user);
    return user;
  }

  /** Reads again what the server knows about the person. */
  async reloadMe(): Promise<void> {
    this.#tellMe(await readMe(this.#world, await this.token()));
  }

  async #start(): Promise<void> {
    this.#world.listen((message) => this.#hear(message));
    const kept = keptMe(this.#world);
    // Where nobody ever was, asking would only be a refusal in the browser's log.
    if (kept === null && !this.#world.mayHaveSession()) return this.#become({ kind: "signed_out" });
    const opened = keepTrying(
      this.#world,
      () => this.#open(),
      (error) => this.#tellTrouble(error),
    );
    if (kept === null) return opened;
    this.#become({ kind: "signed_in", me: kept });
  }

  #tellTrouble(error: Error): void {
    if (this.#state.kind === "starting") this.#become({ kind: "starting", trouble: sentence(error) });
  }

  async #open(): Promise<void> {
    await this.#refresh();
    const access = this.#access;
    if (access === null || this.#state.kind === "replaced") return;
    try {
      const me = await readMe(this.#world, access.token);
      if (this.#access !== null) this.#signedIn(me, this.#access);
    } catch (error) {
      if (isUnauthorized(error)) this.#expire();
      throw error;
    }
  }

  async #enter(ask: () => Promise<SignedIn>, meOf: (token: string) => Promise<Me>): Promise<void> {
    const answer = await this.#world.exclusively(ask);
    const access = accessOf(answer, this.#world.now());
    const me = await meOf(access.token);
    this.#signedIn(me, access);
    this.#world.post({ kind: "signed_in", me, access });
  }

  /** One refresh at a time, in this tab and in all. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshAlone().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refreshAlone(): Promise<void> {
    const before = this.#access;
    const isDone = () => this.#access !== null && this.#access !== before;
    try {
      await this.#world.exclusively(async (waited) => {
        if (waited && !isDone()) await this.#world.pause(HEARING_MS);
        if (!isDone()) this.#refreshed(await this.#askForToken());
      });
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      this.#expire();
      throw new SessionEnded();
    }
  }

  /** An answer may be lost on its way. The server answers a repeated refresh alike, but for half a minute only. */
  async #askForToken(): Promise<SignedIn> {
    try {
      return await signedIn(this.#world, "auth/refresh");
    } catch (error) {
      if (!isNetworkError(error)) throw error;
      return signedIn(this.#world, "auth/refresh");
    }
  }

  #refreshed(answer: SignedIn): void {
    const access = accessOf(answer, this.#world.now());
    this.#access = access;
    this.#world.post({ kind: "refreshed", user: answer.user, access });
    this.#replacedBy(answer.user);
  }

  #refreshLater(): void {
    if (this.#retrying) return;
    this.#retrying = true;
    const paused = this.#world.pause(FIRST_PAUSE_MS);
    const done = paused.then(() => keepTrying(this.#world, () => this.#refresh()));
    void done.finally(() => {
      this.#retrying = false;
    });
  }

  async #endOtherSessions(): Promise<void> {
    const token = await this.token();
    const response = await send(this.#world, "me/sessions", { method: "GET", token });
    const { items } = (await response.json()) as { items: { id: string; current: boolean }[] };
    for (const { id, current } of items) {
      if (!current) await send(this.#world, `me/sessions/${id}`, { method: "DELETE", token });
    }
  }

  #hear(message: Message): void {
    const me = this.#me();
    if (this.#state.kind === "replaced") return;
    if (message.kind === "signed_in") {
      if (!this.#replacedBy(message.me)) this.#signedIn(message.me, message.access);
    } else if (me === null) {
      return;
    } else if (message.kind === "refreshed") {
      if (!this.#replacedBy(message.user)) this.#signedIn(me, message.access);
    } else if (message.kind === "me") {
      this.#setMe(message.me);
    } else if (message.user === me.id) {
      this.#access = null;
      if (message.kind === "expired") this.#become({ kind: "expired", me });
      else this.#become(message.ended ? { kind: "signed_out", reason: "ended" } : { kind: "signed_out" });
    }
  }

  /** Whether `person` is somebody else than this tab is for, which then can't go on. */
  #replacedBy(person: Person): boolean {
    const me = this.#me();
    if (me === null || me.id === person.id) return false;
    this.#access = null;
    this.#become({ kind: "replaced", me, by: { id: person.id, name: person.name, email: person.email } });
    return true;
  }

  #signedIn(me: Me, access: Access): void {
    this.#access = access;
    keep(this.#world, me);
    this.#become({ kind: "signed_in", me });
  }

  #setMe(me: Me): boolean {
    const { kind } = this.#state;
    if (this.#me()?.id !== me.id || (kind !== "signed_in" && kind !== "expired")) return false;
    keep(this.#world, me);
    this.#become({ kind, me });
    return true;
  }

  #tellMe(me: Me): void {
    if (this.#setMe(me)) this.#world.post({ kind: "me", me });
  }

  #expire(): void {
    const me = this.#me();
    this.#access = null;
    if (me === null) {
      this.#become({ kind: "signed_out" });
      return;
    }
    this.#become({ kind: "expired", me });
    this.#world.post({ kind: "expired", user: me.id });
  }

  #leave(ended: boolean): void {
    const user = this.#me()?.id;
    this.#access = null;
    keep(this.#world, null);
    this.#become(ended ? { kind: "signed_out", reason: "ended" } : { kind: "signed_out" });
    if (user !== undefined) this.#world.post({ kind: "signed_out", user, ended });
  }

  #me(): Me | null {
    return "me" in this.#state ? this.#state.me : null;
  }

  #assertSignedIn(): void {
    if (this.#state.kind !== "signed_in") throw new SessionEnded();
  }

  #become(state: SessionState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export const session = new Session(browserWorld());
