// A proxy as companies have them: it may let no WebSockets through, or keep what is streamed until it ends. It counts what passes, and
// gives each request to the next of several instances.

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly began: number;
  /** `null` while it is under way. */
  ended: number | null;
}

interface Rules {
  sockets: "pass" | "refuse";
  streams: "pass" | "keep";
  /** How many requests are under way at a time, as a browser has over HTTP/1.1. The others wait. */
  atOnce: number;
  /** The page is served below this path, of which the server knows nothing; it stands in the page's `<base>` and in cookies. */
  below: string;
}

export class Gateway {
  readonly requests: Passed[] = [];
  socketAttempts = 0;
  /** Requests of other paths than those below the gateway's own. */
  readonly astray: string[] = [];
  /** Requests of these paths alone get through, others wait until this is `null` again. */
  #only: RegExp | null = null;
  #isCut = false;
  #active = 0;
  #turn = 0;
  #waiting: { path: string; go(): void }[] = [];
  readonly #connections = new Set<Socket>();
  readonly #server: Server;

  private constructor(
    private readonly targets: readonly string[],
    readonly rules: Rules,
  ) {
    this.#server = createServer((asked, answer) => this.#queue(asked, answer));
    this.#server.on("connection", (socket) => {
      this.#keep(socket);
      if (this.#isCut) socket.destroy();
    });
    this.#server.on("upgrade", (asked, socket: Socket, head) => this.#upgrade(asked, socket, head));
  }

  static async start(targets: string | readonly string[], rules: Partial<Rules> = {}): Promise<Gateway> {
    const all: Rules = { sockets: "pass", streams: "pass", atOnce: Number.POSITIVE_INFINITY, below: "", ...rules };
    const gateway = new Gateway([targets].flat(), all);
    await new Promise<void>((resolve) => gateway.#server.listen(0, "127.0.0.1", resolve));
    return gateway;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.rules.below}`;
  }

  only(paths: RegExp | null): void {
    this.#only = paths;
    this.#next();
  }

  /** Ends all connections and takes no new ones, until `mend`. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#connections) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The requests that brought commands, from the one with this index on. */
  commands(from = 0): Passed[] {
    return this.requests.slice(from).filter(({ method, path }) => method === "POST" && path.endsWith("/commands"));
  }

  /** The most requests for such paths that were under way for longer than `milliseconds` in one moment. */
  longAtOnce(paths: RegExp, milliseconds: number): number {
    const now = Date.now();
    const long = this.requests
      .filter(({ path }) => paths.test(path))
      .map(({ began, ended }) => ({ from: began + milliseconds, to: ended ?? now }))
      .filter(({ from, to }) => to >= from);
    return Math.max(0, ...long.map(({ from }) => long.filter((one) => one.from <= from && one.to >= from).length));
  }

  #target(): URL {
    const target = this.targets[this.#turn++ % this.targets.length];
    if (!target) throw new Error("the gateway has no instance to ask");
    return new URL(target);
  }

  #queue(asked: IncomingMessage, answer: ServerResponse): void {
    const path = asked.url ?? "";
    const passed: Passed = { method: asked.method ?? "", path, began: Date.now(), ended: null };
    this.requests.push(passed);
    let going = false;
    const waiting = {
      path,
      go: () => {
        going = true;
        this.#active += 1;
        this.#pass(asked, answer);
      },
    };
    answer.on("close", () => {
      passed.ended = Date.now();
      if (going) this.#active -= 1;
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
      this.#next();
    });
    this.#waiting.push(waiting);
    this.#next();
  }

  #next(): void {
    const may = this.#waiting.filter(({ path }) => this.#only?.test(path) ?? true);
    for (const one of may) {
      if (this.#active >= this.rules.atOnce) return;
      this.#waiting = this.#waiting.filter((other) => other !== one);
      one.go();
    }
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { hostname, port } = this.#target();
    const path = this.#inside(asked.url ?? "");
    if (path === null) {
      answer.writeHead(404).end();
      return;
    }
    const { method, headers } = asked;
    if (this.rules.below) headers["accept-encoding"] = "identity";
    const sent = request({ hostname, port, method, path, headers, agent: false }, (got) => {
      this.#moveCookies(got);
      if (this.rules.below && got.headers["content-type"]?.startsWith("text/html")) {
        this.#moveBase(got, answer);
        return;
      }
      const isKept = this.rules.streams === "keep" && got.headers["content-type"] === "text/event-stream";
      if (!isKept) {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
        return;
      }
      const pieces: Buffer[] = [];
      got.on("data", (piece: Buffer) => pieces.push(piece));
      got.on("end", () => answer.writeHead(got.statusCode ?? 502, got.headers).end(Buffer.concat(pieces)));
    });
    sent.on("error", () => answer.destroy());
    answer.on("close", () => sent.destroy());
    asked.pipe(sent);
  }

  /** The path that the server knows, or `null` where nothing is. */
  #inside(path: string): string | null {
    const { below } = this.rules;
    if (path.startsWith(`${below}/`)) return path.slice(below.length);
    this.astray.push(path);
    return null;
  }

  #moveCookies(got: IncomingMessage): void {
    const cookies = got.headers["set-cookie"];
    if (!cookies) return;
    got.headers["set-cookie"] = cookies.map((cookie) => cookie.replace("Path=/", `Path=${this.rules.below}/`));
  }

  #moveBase(got: IncomingMessage, answer: ServerResponse): void {
    const pieces: Buffer[] = [];
    got.on("data", (piece: Buffer) => pieces.push(piece));
    got.on("end", () => {
      const { "content-length": _, ...headers } = got.headers;
      const page = String(Buffer.concat(pieces)).replace('<base href="/" />', `<base href="${this.rules.below}/" />`);
      answer.writeHead(got.statusCode ?? 502, headers).end(page);
    });
  }

  #upgrade(asked: IncomingMessage, socket: Socket, head: Buffer): void {
    this.socketAttempts += 1;
    if (this.rules.sockets === "refuse") {
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
      return;
    }
    const { hostname, port } = this.#target();
    const server = connect(Number(port), hostname, () => {
      const lines = [`${asked.method} ${this.#inside(asked.url ?? "")} HTTP/1.1`];
      for (let at = 0; at < asked.rawHeaders.length; at += 2) {
        lines.push(`${asked.rawHeaders[at]}: ${asked.rawHeaders[at + 1]}`);
      }
      server.write(`${lines.join("\r\n")}\r\n\r\n`);
      server.write(head);
      socket.pipe(server).pipe(socket);
    });
    this.#keep(server);
    socket.on("close", () => server.destroy());
    server.on("close", () => socket.destroy());
  }

  #keep(socket: Socket): void {
    this.#connections.add(socket);
    // A destroyed pair says so by `close`.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#connections.delete(socket));
  }
}
