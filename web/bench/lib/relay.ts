// A line to a server that can be cut, and on which bytes are counted.

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class Relay {
  /** In both directions, since the relay began. */
  bytes = 0;
  #cut = false;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(private readonly target: { host: string; port: number }) {
    this.#server = createServer((client) => this.#serve(client));
  }

  static async to(address: string): Promise<Relay> {
    const { hostname, port, protocol } = new URL(address);
    const relay = new Relay({ host: hostname, port: Number(port) || (protocol === "https:" ? 443 : 80) });
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  /** An argument that makes Chromium use this line for the server's own address. */
  get browserArgument(): string {
    const { host, port } = this.target;
    return `--host-resolver-rules=MAP ${host}:${port} 127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when next to nothing went over the line for a while: what a page fetches ahead is there. */
  async quiet(): Promise<void> {
    const [forMs, withinMs, fewBytes] = [3_000, 60_000, 500];
    const end = performance.now() + withinMs;
    for (let before = Number.NEGATIVE_INFINITY; this.bytes - before > fewBytes; ) {
      if (performance.now() > end) throw new Error(`the line was not quiet within ${withinMs} ms`);
      before = this.bytes;
      await new Promise((resolve) => setTimeout(resolve, forMs));
    }
  }

  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    if (this.#cut) {
      client.destroy();
      return;
    }
    const server = connect(this.target.port, this.target.host);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (data) => {
        this.bytes += data.length;
      });
      // A destroyed socket says so by `close`.
      from.on("error", () => from.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
