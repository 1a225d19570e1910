// Peer for the benchmark: Socket.IO 4 with its Redis adapter, doing what Lockstep's fan-out does. Nothing is stored.
//
//   /socket.io/?EIO=4&transport=websocket    emit "join" with a room's name; answered by "joined"
//   POST /publish?channel=room:7             emits the body as "event" to the room
//
// node server.mjs --listen 127.0.0.1:8000 --redis redis://127.0.0.1:6379 --prefix bench
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const text = { type: 'string' };
const { values } = parseArgs({ options: { listen: text, redis: text, prefix: text } });
const [host, port] = values.listen.split(':');

const publisher = createClient({ url: values.redis });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

async function publish(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://bench');
  if (request.method !== 'POST' || pathname !== '/publish') return response.writeHead(404).end();
  const parts = [];
  for await (const part of request) parts.push(part);
  io.to(searchParams.get('channel')).emit('event', JSON.parse(Buffer.concat(parts)));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 }).end('{}');
}

const server = createServer(publish);
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
