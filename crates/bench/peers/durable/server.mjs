// Peer for the benchmark: what a team would write by hand and which stores as much as Lockstep. A change of a title is one transaction:
// the project's row is locked, the task changed, the event inserted, the version raised. Then Socket.IO 4 with its Redis adapter tells
// the room. It asks nobody who they are, and knows no rules.
//
//   /socket.io/?EIO=4&transport=websocket    emit "join" with a room's name; answered by "joined"
//   PATCH /projects/{id}/tasks/{id}          {"title": …}; answered by the event, which "project:{id}" gets as "event"
//
// node server.mjs --listen 127.0.0.1:8000 --redis redis://127.0.0.1:6379 --prefix bench --database postgres://…
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { createAdapter } from '@socket.io/redis-adapter';
import pg from 'pg';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const text = { type: 'string' };
const { values } = parseArgs({ options: { listen: text, redis: text, prefix: text, database: text } });
const [host, port] = values.listen.split(':');

const pool = new pg.Pool({ connectionString: values.database, max: 10 });
const publisher = createClient({ url: values.redis });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

/** Named, so that Postgres plans each statement once for a connection. */
const statements = {
  lock: 'SELECT version FROM durable.projects WHERE id = $1 FOR UPDATE',
  change: 'UPDATE durable.tasks SET title = $3, version = $4, updated_at = $5 WHERE project_id = $1 AND id = $2',
  insert: 'INSERT INTO durable.events (project_id, version, command_id, body) VALUES ($1, $2, $3, $4)',
  raise: 'UPDATE durable.projects SET version = $2 WHERE id = $1',
};

async function change(project, task, title) {
  const client = await pool.connect();
  const run = (name, values) => client.query({ name, text: statements[name], values });
  try {
    await client.query('BEGIN');
    const { rows } = await run('lock', [project]);
    const version = Number(rows[0].version) + 1;
    const at = new Date().toISOString();
    const command_id = randomUUID();
    const event = { project, version, type: 'task.updated', at, actor: task, command_id, data: { task, title } };
    await run('change', [project, task, title, version, at]);
    await run('insert', [project, version, command_id, event]);
    await run('raise', [project, version]);
    await client.query('COMMIT');
    client.release();
    return event;
  } catch (error) {
    client.release(error);
    throw error;
  }
}

async function answer(request, response) {
  const [, projects, project, tasks, task] = request.url.split('/');
  if (request.method !== 'PATCH' || projects !== 'projects' || tasks !== 'tasks') return response.writeHead(404).end();
  const parts = [];
  for await (const part of request) parts.push(part);
  const event = await change(project, task, JSON.parse(Buffer.concat(parts)).title);
  io.to(`project:${project}`).emit('event', event);
  const body = JSON.stringify(event);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});
const io = new Server(server, {
  transports: ['websocket'],
  perMessageDeflate: false,
  adapter: createAdapter(publisher, subscriber, { key: values.prefix }),
});
io.on('connection', (socket) => {
  socket.on('join', async (room) => {
    await socket.join(room);
    socket.emit('joined', room);
  });
});
server.listen(Number(port), host);
