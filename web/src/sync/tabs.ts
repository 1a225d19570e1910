// Which tab of a browser leads: it has the connection and sends the queue. It holds a lock, which a closed tab gives back, and
// beats each second, which a frozen tab does not; then a visible tab takes the lock from it.

import type { Channel, Environment, Lock } from "./environment";
import type { Message } from "./messages";
import type { Id } from "./model";

const beatEvery = 1_000;
const deadAfter = 3_000;
/** A tab that slept gives the leader so long to answer. */
const answerWithin = 1_500;
const jump = 5_000;

export interface TabsHost {
  lead(): void;
  follow(): void;
  hear(message: Message): void;
  beat(): void;
  /** Time went on without this tab, or it is looked at again. */
  woke(): void;
}

export class Tabs {
  readonly id: Id;
  private lock: Lock | null = null;
  private cancel: () => void = () => undefined;
  private readonly channel: Channel;
  private lastBeat: number;
  private lastTick: number;
  private stopTick: () => void = () => undefined;
  private readonly stopWake: () => void;
  private stopped = false;
  private alone = false;

  constructor(
    private readonly environment: Environment,
    private readonly name: string,
    private readonly host: TabsHost,
  ) {
    this.id = environment.newId();
    this.lastBeat = this.lastTick = environment.clock.now();
    this.channel = environment.channel(name, (message) => this.hear(message as Message));
    this.stopWake = environment.onWake(() => this.woke());
  }

  get leading(): boolean {
    return this.alone || this.lock !== null;
  }

  start(): void {
    if (this.environment.locks) this.take("wait");
    else this.leadAlone();
    this.post({ type: "ask" });
    this.tick();
  }

  stop(): void {
    this.post({ type: "bye", tab: this.id });
    this.stopped = true;
    this.stopTick();
    this.stopWake();
    this.cancel();
    this.lock?.release();
    this.lock = null;
    this.channel.close();
  }

  post(message: Message): void {
    if (!this.stopped) this.channel.post(message);
  }

  /** Asked before anything is sent: a tab that was frozen may have lost the lead without knowing. */
  async mayLead(): Promise<boolean> {
    if (this.stopped) return false;
    if (this.alone) return true;
    const lock = this.lock;
    if (!lock) return false;
    if (await lock.held()) return this.lock === lock;
    this.lose(lock);
    return false;
  }

  private leadAlone(): void {
    this.alone = true;
    this.host.lead();
  }

  private take(how: "wait" | "steal"): void {
    const { locks } = this.environment;
    if (!locks || this.stopped) return;
    this.cancel();
    const taking: { mine: Lock | null } = { mine: null };
    const { lock, cancel } = locks.take(this.name, how, () => taking.mine && this.lose(taking.mine));
    this.cancel = cancel;
    lock.then(
      (mine) => {
        taking.mine = mine;
        this.won(mine);
      },
      () => undefined,
    );
  }

  private won(lock: Lock): void {
    if (this.stopped) {
      lock.release();
      return;
    }
    this.lock = lock;
    this.host.lead();
    this.host.beat();
  }

  private lose(lock: Lock): void {
    if (this.lock !== lock) return;
    this.lock = null;
    this.lastBeat = this.environment.clock.now();
    this.host.follow();
    this.take("wait");
  }

  private hear(message: Message): void {
    if (this.stopped) return;
    if (message.type === "beat") this.lastBeat = this.environment.clock.now();
    if (message.type === "ask" && this.leading) this.host.beat();
    this.host.hear(message);
  }

  private tick(): void {
    const { clock } = this.environment;
    this.stopTick = clock.after(beatEvery, () => this.tick());
    const passed = clock.now() - this.lastTick;
    this.lastTick = clock.now();
    if (passed > beatEvery + jump) this.woke();
    else if (this.leading) this.host.beat();
    else if (this.environment.visible() && clock.now() - this.lastBeat > deadAfter) this.steal();
  }

  private steal(): void {
    this.lastBeat = this.environment.clock.now();
    this.take("steal");
  }

  private woke(): void {
    if (this.stopped) return;
    const now = this.environment.clock.now();
    this.lastTick = now;
    this.lastBeat = Math.max(this.lastBeat, now - deadAfter + answerWithin);
    if (!this.leading) this.post({ type: "ask" });
    void this.mayLead();
    this.host.woke();
  }
}
