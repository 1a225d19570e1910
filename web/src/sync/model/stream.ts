// A stream of events from the server in memory, through a network that may fail and a proxy that may keep it back.

import type { StreamHeard } from "../environment";
import type { Process } from "./time";
import type { World } from "./world";

const commentEvery = 15_000;

export class FakeStream {
  private isOpen = false;
  private stopped = false;
  private sent: number;
  private readonly epoch: string;
  private readonly unwatch: () => void;

  constructor(
    private readonly world: World,
    private readonly process: Process,
    path: string,
    private readonly heard: StreamHeard,
  ) {
    const query = new URLSearchParams(path.split("?")[1]);
    this.sent = Number(query.get("after"));
    this.epoch = query.get("epoch") ?? "";
    this.unwatch = world.server.watch(() => this.pump());
    world.time.after(process, 30, () => this.begin());
  }

  network(): void {
    if (!this.world.online) this.end();
  }

  endByServer(): void {
    this.end();
  }

  stop(): void {
    this.stopped = true;
    this.unwatch();
    this.world.streams.delete(this);
  }

  private begin(): void {
    if (!this.world.online) this.end();
    else if (this.world.server.closed) this.end();
    else {
      this.isOpen = true;
      this.pump();
      this.comment();
    }
  }

  private comment(): void {
    if (this.stopped) return;
    this.world.time.after(this.process, commentEvery, () => {
      this.later(() => this.heard.sign());
      this.comment();
    });
  }

  private pump(): void {
    const { server } = this.world;
    if (!this.isOpen || this.stopped || !this.world.online) return;
    if (this.epoch !== server.epoch || this.sent > server.version) {
      this.later(() => {
        this.heard.sign();
        this.heard.event("resync", {});
      });
      return;
    }
    const events = server.log.slice(this.sent);
    this.sent = server.version;
    for (const event of events) {
      this.later(() => {
        this.heard.sign();
        this.heard.event("message", structuredClone(event));
      });
    }
  }

  private end(): void {
    if (this.stopped) return;
    this.stop();
    this.world.time.after(this.process, 15, () => this.heard.ended());
  }

  private later(tell: () => void): void {
    if (this.world.streamsKept) return;
    this.world.time.after(this.process, 15, () => !this.stopped && tell());
  }
}
