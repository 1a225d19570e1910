// How live the page is, and how it knows. A connection that stands proves nothing: only an answer does.

import type { Clock, SocketState } from "./environment";

/**
 * `slow`: live, by a route that takes longer. `session_ended`: the password is asked for, and what is unsent waits.
 */
export type Live = "catching_up" | "live" | "slow" | "offline" | "session_ended";

/** Without a sign of the server for so long the page is not called live. Checked twice a second, so below 3 s in all. */
export const proofLasts = 2_400;
/** The slow route asks every three seconds. */
const slowProofLasts = 8_000;
const askAfter = 1_000;
const slowAskAfter = 3_000;
const answerWithin = 5_000;
/** The pauses between attempts are shorter than this. */
const connectWithin = 5_000;

export interface LineHost {
  changed(): void;
  /** A question with the cheapest answer. */
  probe(milliseconds: number): Promise<void>;
  /** Connects anew, at once. */
  again(): void;
  /** An attempt to connect got no answer at all, so it won't fail by itself. */
  hangs(): void;
}

/** The line from the leading tab to the server. */
export class Line {
  private socket: SocketState = "connecting";
  private failures = 0;
  private proof = Number.NEGATIVE_INFINITY;
  private probing = false;
  private slowly = false;
  private ended = false;
  private told: Live = "catching_up";
  private attemptSince: number;

  constructor(
    private readonly clock: Clock,
    private readonly host: LineHost,
  ) {
    this.attemptSince = clock.now();
  }

  get live(): Live {
    return this.told;
  }

  /** How many attempts to connect failed since it was last connected. */
  get failed(): number {
    return this.failures;
  }

  state(socket: SocketState): void {
    this.socket = socket;
    this.attemptSince = this.clock.now();
    if (socket === "connected") {
      this.failures = 0;
      this.heard();
    }
    this.judge();
  }

  attemptFailed(): void {
    this.failures += 1;
    this.attemptSince = this.clock.now();
    this.judge();
  }

  /** Something came from the server. */
  heard(): void {
    this.proof = this.clock.now();
    this.judge();
  }

  /** The server answers, though not by the socket: offline is over. */
  reached(): void {
    if (this.socket === "connected") return;
    this.failures = 0;
    this.judge();
  }

  slow(slowly: boolean): void {
    this.slowly = slowly;
    this.judge();
  }

  sessionEnded(ended: boolean): void {
    this.ended = ended;
    this.judge();
  }

  /** This tab slept, or the network changed: nothing is known until the server answers. */
  doubt(): void {
    this.proof = Number.NEGATIVE_INFINITY;
    this.failures = 0;
    this.judge();
    if (this.canAsk()) this.ask();
    if (this.socket !== "connected") this.host.again();
  }

  /** Twice a second. `watched`: some tab is visible. */
  tick(watched: boolean): void {
    const quiet = this.clock.now() - this.proof >= (this.slowly ? slowAskAfter : askAfter);
    if (watched && quiet && this.canAsk()) this.ask();
    if (this.socket === "connecting" && this.clock.now() - this.attemptSince >= connectWithin) this.host.hangs();
    this.judge();
  }

  private canAsk(): boolean {
    return this.slowly || this.socket === "connected";
  }

  private ask(): void {
    if (this.probing) return;
    this.probing = true;
    this.host.probe(answerWithin).then(
      () => {
        this.probing = false;
        this.heard();
      },
      () => {
        this.probing = false;
        if (this.slowly) this.lost();
        else if (this.socket === "connected") {
          this.failures += 1;
          this.host.again();
        }
      },
    );
  }

  /** Without a socket there is nothing else that could show it. */
  private lost(): void {
    this.failures += 1;
    this.proof = Number.NEGATIVE_INFINITY;
    this.judge();
  }

  private judge(): void {
    const live = this.judged();
    if (live === this.told) return;
    this.told = live;
    this.host.changed();
  }

  private judged(): Live {
    if (this.ended) return "session_ended";
    const proofAge = this.clock.now() - this.proof;
    if (this.slowly && proofAge <= slowProofLasts) return "slow";
    if (!this.slowly && this.socket === "connected") return proofAge <= proofLasts ? "live" : "catching_up";
    return this.failures > 0 ? "offline" : "catching_up";
  }
}
