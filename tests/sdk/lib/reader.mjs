// A client as an application would write it with the official SDK: a snapshot by getState, then events,
// strictly +1. It keeps what it saw, so that a test can judge.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

// Asks until the condition holds; a test has no bare sleeps.
export async function until(what, condition, timeout = 15_000) {
  const end = Date.now() + timeout;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `waited ${timeout} ms in vain for: ${what}`);
    await pause(20);
  }
}

// The SDK's connection, whose events are kept in order. `address` is asked at each connection, so the
// client can find an instance that came back on another port.
export function connection(address, options) {
  class Anywhere extends WebSocket {
    constructor(_endpoint, ...rest) {
      super(address(), ...rest);
    }
  }
  const client = new Centrifuge('ws://see.address', { websocket: Anywhere, minReconnectDelay: 50, maxReconnectDelay: 500, ...options });
  const seen = [];
  for (const name of ['connecting', 'connected', 'disconnected']) client.on(name, ({ code }) => seen.push({ name, code }));
  return { client, seen };
}

export class Reader {
  // `api` is asked for a client of an instance that lives.
  constructor(client, project, api) {
    Object.assign(this, { project, api, version: 0, epoch: null, tasks: new Map(), members: new Set() });
    Object.assign(this, { states: [], received: [], violations: [], seen: [], unsubscribed: null });
    this.subscription = client.newSubscription(`project:${project}`, { getState: () => this.load() });
    this.subscription.on('publication', (publication) => this.receive(publication));
    for (const name of ['subscribing', 'subscribed', 'unsubscribed']) {
      this.subscription.on(name, ({ code, recovered }) => this.seen.push({ name, code, recovered }));
    }
  }

  start() {
    this.subscription.subscribe();
    return until('the subscription', () => this.subscription.state === 'subscribed');
  }

  async load() {
    const snapshot = await this.api().snapshot(this.project);
    this.version = snapshot.version;
    this.epoch = snapshot.epoch;
    this.tasks = new Map(snapshot.tasks.map(({ id, title }) => [id, title]));
    this.members = new Set(snapshot.members.map(({ user }) => user));
    this.states.push({ epoch: this.epoch, version: this.version });
    return { offset: this.version, epoch: this.epoch };
  }

  receive({ offset, data }) {
    if (offset === undefined) return;
    if (offset !== this.version + 1) this.violations.push(`${offset} after ${this.version}`);
    if (data.version !== offset) this.violations.push(`offset ${offset} carries version ${data.version}`);
    this.version = offset;
    this.received.push(data);
    this.apply(data);
  }

  // The fold of what these tests write.
  apply({ type, data }) {
    if (type === 'task.created') this.tasks.set(data.task.id, data.task.title);
    else if (type === 'task.updated') this.tasks.set(data.task, data.set.title ?? this.tasks.get(data.task));
    else if (type === 'member.added') this.members.add(data.user);
    else if (type === 'member.removed') this.members.delete(data.user);
    else this.violations.push(`an event these tests do not write: ${type}`);
  }

  reach(version) {
    return until(`version ${version} at a reader (now ${this.version})`, () => this.version >= version);
  }

  assertStrict() {
    assert.deepEqual(this.violations, []);
  }

  // Strict, and equal to what the server has: state and events since the last snapshot.
  async assertEqual(api = this.api()) {
    const snapshot = await api.snapshot(this.project);
    await this.reach(snapshot.version);
    this.assertStrict();
    assert.equal(this.version, snapshot.version);
    assert.equal(this.epoch, snapshot.epoch);
    assert.deepEqual([...this.tasks].sort(), snapshot.tasks.map(({ id, title }) => [id, title]).sort());
    assert.deepEqual([...this.members].sort(), snapshot.members.map(({ user }) => user).sort());
    const since = this.states.at(-1).version;
    const received = this.received.filter(({ version }) => version > since);
    assert.deepEqual(received, await api.eventsAfter(this.project, since));
  }
}
