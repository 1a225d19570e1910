// The official SDK against two instances: contract §5, with the client that applications use.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from './lib/api.mjs';
import { Cluster } from './lib/cluster.mjs';
import { connection, Reader, until } from './lib/reader.mjs';

const OWNER = 0;
const MEMBER = 1;
let cluster;

before(async () => {
  cluster = await Cluster.start(2, 2);
}, { timeout: 120_000 });
after(() => cluster?.quit());

// A test that shows the instances' logs when it fails, and disconnects its clients in any case.
function rule(name, body) {
  test(name, { timeout: 60_000 }, async () => {
    const clients = [];
    const connect = (user, instance = 0, options = {}) => {
      const where = { instance };
      const made = connection(() => cluster.instances[where.instance].ws, { token: cluster.users[user].token, ...options });
      clients.push(made.client);
      return { ...made, where };
    };
    try {
      await body(connect);
    } catch (failure) {
      await cluster.logs();
      throw failure;
    } finally {
      for (const client of clients) client.disconnect();
    }
  });
}

const api = (user, instance = 0) => new Api(cluster.instances[instance].http, cluster.users[user].token);
const connected = (client) => until('the connection', () => client.state === 'connected');

// Proves J2.
rule('a client with a token connects', async (connect) => {
  const { client, seen } = connect(OWNER);
  client.connect();
  await connected(client);
  assert.deepEqual(seen.map(({ name }) => name), ['connecting', 'connected']);
});

for (const [kind, token] of [['without a token', ''], ['with a wrong token', 'x.y.z']]) {
  rule(`a client ${kind} is refused for good with error 101`, async (connect) => {
    const { client, seen } = connect(OWNER, 0, { token });
    client.connect();
    await until('the refusal', () => client.state === 'disconnected');
    assert.deepEqual(seen.at(-1), { name: 'disconnected', code: 101 });
    assert.equal(seen.filter(({ name }) => name === 'connecting').length, 1, 'the SDK does not try again');
  });
}

// Proves J2.
rule('a client with an expired token gets a new one and connects', async (connect) => {
  let asked = 0;
  const getToken = async () => {
    asked += 1;
    return cluster.token(OWNER, 900);
  };
  const { client } = connect(OWNER, 0, { token: await cluster.token(OWNER, 0), getToken });
  client.connect();
  await connected(client);
  assert.equal(asked, 1);
});

// Proves A6.
rule('a token that expires while connected is refreshed without a new connection', async (connect) => {
  const project = await api(OWNER).createProject('Refresh');
  let asked = 0;
  const getToken = async () => {
    asked += 1;
    return cluster.token(OWNER, 900);
  };
  const { client, seen } = connect(OWNER, 0, { token: await cluster.token(OWNER, 3), getToken });
  client.connect();
  const reader = new Reader(client, project, () => api(OWNER));
  await reader.start();
  await until('the SDK to ask for a token', () => asked === 1);
  await api(OWNER).createTasks(project, 3);
  await reader.assertEqual();
  assert.deepEqual(seen.map(({ name }) => name), ['connecting', 'connected']);
});

// Proves C7.
rule('a subscription continues from its snapshot while others write', async (connect) => {
  const project = await api(OWNER).createProject('Snapshot');
  const task = await api(OWNER).createTask(project, 'Written before');
  const writing = api(OWNER, 1).createTasks(project, 100);
  const { client } = connect(OWNER);
  client.connect();
  const reader = new Reader(client, project, () => api(OWNER));
  await reader.start();
  await writing;
  await api(OWNER, 1).rename(project, task, 'Written after');
  await reader.assertEqual();
  assert.equal(reader.states.length, 1);
});

// Proves C1, C6.
rule('a client recovers on another instance after its own was killed, and again on one that came back elsewhere', async (connect) => {
  const project = await api(OWNER).createProject('Recovery');
  const { client, where } = connect(OWNER, 0);
  client.connect();
  const reader = new Reader(client, project, () => api(OWNER, where.instance));
  await reader.start();
  await reader.reach(await api(OWNER).createTasks(project, 5));
  try {
    where.instance = 1;
    await cluster.kill(0);
    await reader.reach(await api(OWNER, 1).createTasks(project, 20));
    await reader.assertEqual();
  } finally {
    await cluster.restartElsewhere(0);
  }
  try {
    where.instance = 0;
    await cluster.kill(1);
    await reader.reach(await api(OWNER, 0).createTasks(project, 20));
  } finally {
    await cluster.restartElsewhere(1);
  }
  await reader.assertEqual();
  assert.equal(reader.states.length, 1, 'recovery needs no second snapshot');
  assert.deepEqual(reader.seen.filter(({ name }) => name === 'subscribed').slice(1).map(({ recovered }) => recovered), [true, true]);
});

// Proves A2.
rule('a member who is removed while connected is unsubscribed with 2000 and gets nothing above the removal', async (connect) => {
  const project = await api(OWNER).createProject('Removal');
  await api(OWNER).addMember(project, cluster.users[MEMBER].id, 'editor');
  const member = connect(MEMBER, 0);
  const owner = connect(OWNER, 1);
  for (const { client } of [member, owner]) client.connect();
  const removed = new Reader(member.client, project, () => api(MEMBER));
  const staying = new Reader(owner.client, project, () => api(OWNER));
  await Promise.all([removed.start(), staying.start()]);
  const { version } = await api(OWNER, 1).removeMember(project, cluster.users[MEMBER].id);
  await api(OWNER, 1).createTasks(project, 5);
  await until('the unsubscription', () => removed.subscription.state === 'unsubscribed');
  await staying.assertEqual();
  assert.deepEqual(removed.seen.at(-1), { name: 'unsubscribed', code: 2000, recovered: undefined });
  assert.equal(removed.version, version, 'the removal is the last thing they see');
  removed.assertStrict();
  assert.equal(member.client.state, 'connected');
});

// Proves E5, C4.
rule('a rotated epoch sends a connected client to a new snapshot', async (connect) => {
  const project = await api(OWNER).createProject('Epoch');
  await api(OWNER).createTasks(project, 5);
  const { client, seen } = connect(OWNER, 0);
  client.connect();
  const reader = new Reader(client, project, () => api(OWNER));
  await reader.start();
  const before = reader.epoch;
  await cluster.rotateEpoch();
  await until('the second snapshot', () => reader.states.length === 2 && reader.subscription.state === 'subscribed');
  assert.notEqual(reader.epoch, before);
  assert.ok(reader.seen.some(({ name, code }) => name === 'subscribing' && code === 2500), 'told by 2500');
  await api(OWNER, 1).createTasks(project, 5);
  await reader.assertEqual();
  assert.deepEqual(seen.map(({ name }) => name), ['connecting', 'connected'], 'the connection stayed');
});
