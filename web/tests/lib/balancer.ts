// One address for all instances, as a balancer gives them: each connection goes to the next one that answers.

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** `cut`: what is open ends, and what is new is refused. `silent`: nothing ends, and nothing arrives any more. */
type Network = "whole" | "cut" | "silent";

export class Balancer {
  #instances: readonly string[] = [];
  #next = 0;
  #network: Network = "whole";
  readonly #sockets = new Set<Socket>();
  readonly #dropped = new Set<Socket>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(): Promise<Balancer> {
    const balancer = new Balancer();
    await new Promise<void>((resolve) => balancer.#server.listen(0, "127.0.0.1", resolve));
    return balancer;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  serve(instances: readonly { http: string }[]): void {
    this.#instances = instances.map(({ http }) => http);
  }

  /** Ends all connections and takes no new ones, until `mend`. */
  cut(): void {
    this.#network = "cut";
    this.#endAll();
  }

  /** Drops everything that is sent, and nobody is told. A connection of that time is forgotten: it ends when it is used after `mend`. */
  silence(): void {
    this.#network = "silent";
    for (const socket of this.#sockets) this.#drop(socket);
  }

  mend(): void {
    this.#network = "whole";
    for (const socket of this.#dropped) socket.once("data", () => socket.resetAndDestroy());
  }

  async stop(): Promise<void> {
    this.#endAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #endAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client: Socket): void {
    this.#keep(client);
    if (this.#network === "cut") client.destroy();
    else if (this.#network === "silent") this.#drop(client);
    else this.#join(client, this.#instances.length);
  }

  #join(client: Socket, attempts: number): void {
    const instance = this.#instances[this.#next++ % this.#instances.length];
    if (!instance || attempts === 0) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(instance);
    const server = connect(Number(port), hostname);
    this.#keep(server);
    const refused = () => this.#join(client, attempts - 1);
    server.once("error", refused);
    server.once("connect", () => {
      server.off("error", refused);
      server.on("error", () => client.destroy());
      client.on("close", () => server.destroy());
      server.on("close", () => client.destroy());
      client.pipe(server).pipe(client);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    // A destroyed pair says so by `close`.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#dropped.delete(socket);
    });
  }

  #drop(socket: Socket): void {
    socket.unpipe();
    socket.resume();
    this.#dropped.add(socket);
  }
}
