// The socket, by the official client of its protocol.

import { Centrifuge, type Subscription, SubscriptionState, UnauthorizedError } from "centrifuge";
import { SessionEnded } from "../api/problem";
import type { Heard, Position, Socket, SocketHeard, Subscribed } from "./environment";
import type { Id } from "./model";

/** No member any more, or no such project: such a subscription does not come back. */
const final = 2_500;
/** The server closed the connection because its session ended. The client does not connect again by itself. */
const sessionOver = 3_500;

export interface SocketOptions {
  readonly address: string;
  token(): Promise<string>;
  /** Asks whether there is a session still. Resolves when there is. */
  check(): Promise<unknown>;
  /** Which build of the server answered. */
  build(build: string): void;
}

export function openSocket(options: SocketOptions, user: Id, heard: SocketHeard): Socket {
  const client = new Centrifuge(options.address, {
    getToken: () => options.token().catch((error) => Promise.reject(tokenError(error))),
    minReconnectDelay: 300,
    maxReconnectDelay: 3_000,
  });
  client.on("connecting", () => heard.state("connecting"));
  client.on("connected", ({ data }) => {
    if (typeof data?.build === "string") options.build(data.build);
    heard.state("connected");
  });
  let wanted = true;
  client.on("disconnected", ({ code }) => {
    heard.state("ended");
    if (code === sessionOver) options.check().then(() => wanted && client.connect(), ignored);
  });
  client.on("error", ({ type }) => {
    if (type === "transport" || type === "connect" || type === "connectToken") heard.failed();
  });
  const own = client.newSubscription(`user:${user}`);
  own.on("publication", ({ data }) => heard.own(String(data.type)));
  own.subscribe();
  return {
    connect: () => client.connect(),
    disconnect: () => {
      wanted = false;
      client.disconnect();
    },
    again: () => {
      client.disconnect();
      client.connect();
    },
    rest: () => client.disconnect(),
    project: (id, since, listener) => follow(client, id, since, listener),
    probe: (milliseconds) => probe(client, milliseconds),
  };
}

function tokenError(error: unknown): unknown {
  return error instanceof SessionEnded ? new UnauthorizedError(error.message) : error;
}

function follow(client: Centrifuge, id: Id, since: Position, heard: Heard): Subscribed {
  const channel = `project:${id}`;
  const subscription = client.newSubscription(channel, {
    since: { epoch: since.epoch, offset: since.version },
    joinLeave: true,
  });
  subscription.on("publication", ({ data, offset, info }) => {
    if (offset !== undefined && offset > 0) heard.events([data]);
    else if (info) heard.said(data, info);
  });
  subscription.on("subscribed", ({ wasRecovering, recovered }) => {
    heard.subscribed(wasRecovering && !recovered ? "void" : "position");
    tellHead(subscription, heard);
  });
  subscription.on("subscribing", () => heard.waiting());
  subscription.on("unsubscribed", ({ code }) => {
    if (code > 0 && code < final) heard.gone();
  });
  subscription.on("join", ({ info }) => heard.moved("join", info));
  subscription.on("leave", ({ info }) => heard.moved("leave", info));
  subscription.subscribe();
  return {
    publish: (data) => void subscription.publish(data).catch(ignored),
    presence: async () => (await subscription.presence()).clients,
    end: () => client.removeSubscription(subscription),
  };
}

/** The answer to a subscription does not say how far the log goes. */
function tellHead(subscription: Subscription, heard: Heard): void {
  subscription.history({ limit: 0 }).then(
    ({ offset, epoch }) => heard.head({ epoch, version: offset }),
    () => setTimeout(() => subscription.state === SubscriptionState.Subscribed && tellHead(subscription, heard), 1_000),
  );
}

/** What is said reaches whom it reaches, and who has no session is told by the session itself. */
function ignored(): void {}

/** An unknown method is refused at once, without anything being read for it (docs/PROTOCOL.md, J10). */
async function probe(client: Centrifuge, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), milliseconds);
  });
  const answer = client.rpc("ping", null).catch((error: { code: number }) => {
    if (error.code < 100) throw error;
  });
  try {
    await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
