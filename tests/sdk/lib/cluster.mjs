// A cluster of real instances, run by the test kit's program and spoken to in JSON lines.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function program() {
  const target = process.env.CARGO_TARGET_DIR ?? `${ROOT}target`;
  const path = process.env.TESTKIT_CLUSTER ?? `${target}/debug/testkit-cluster`;
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`cargo build\` first, or \`make test\` for everything`);
  return path;
}

export class Cluster {
  static async start(instances, users, settings = {}) {
    const cluster = new Cluster();
    const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    cluster.child = spawn(program(), [instances, users, ...pairs], { stdio: ['pipe', 'pipe', 'inherit'] });
    cluster.ended = new Promise((resolve) => cluster.child.once('close', resolve));
    cluster.lines = createInterface({ input: cluster.child.stdout })[Symbol.asyncIterator]();
    cluster.turn = Promise.resolve();
    cluster.take(await cluster.answer());
    return cluster;
  }

  // One request at a time: answers come in the order of requests.
  ask(request) {
    this.turn = this.turn.then(async () => {
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
      return this.answer();
    });
    return this.turn;
  }

  async answer() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('testkit-cluster ended; its last words are above');
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  take({ instances, users }) {
    this.instances = instances;
    this.users = users;
  }

  async kill(instance) {
    this.take(await this.ask({ do: 'kill', instance }));
  }

  async restartElsewhere(instance) {
    this.take(await this.ask({ do: 'restart', instance, elsewhere: true }));
  }

  async rotateEpoch() {
    await this.ask({ do: 'rotate_epoch' });
  }

  async token(user, ttl) {
    return (await this.ask({ do: 'token', user, ttl })).token;
  }

  async logs() {
    await this.ask({ do: 'logs' });
  }

  async quit() {
    this.child.stdin.end();
    await this.ended;
  }
}
