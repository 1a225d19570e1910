// One address for all instances, as a balancer gives them: each connection goes to the next one that answers.

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class Balancer {
  #instances: readonly string[] = [];
  #next = 0;
  #cut = false;
  readonly #sockets = new Set<Socket>();
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
    this.#cut = true;
    this.#endAll();
  }

  mend(): void {
    this.#cut = false;
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
    if (this.#cut) client.destroy();
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
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
