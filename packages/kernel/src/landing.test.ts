import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { landAll } from './landing.ts';
import { landing_bytes, landing_full_reads_max } from './limits.ts';

async function landed(received: (bytes: Buffer, which: number) => void) {
  const sockets: Socket[] = [];
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const all = landAll(server, (landing) => {
    const which = sockets.push(landing.socket) - 1;
    landing.received = (bytes) => received(bytes, which);
  });
  expect(all).toBe(true);
  const address: AddressInfo | string | null = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { server, sockets, client: () => connect(port, '127.0.0.1') };
}

test('what several sockets send arrives whole and in order, in one memory', async () => {
  const arrived: Buffer[][] = [[], []];
  const memories = new Set<ArrayBufferLike>();
  const { server, sockets, client } = await landed((bytes, which) => {
    memories.add(bytes.buffer);
    arrived[which]?.push(Buffer.from(bytes));
  });
  const clients = [client(), client()];
  for (const one of clients) await once(one, 'connect');
  const sent = [1, 2].map((seed) => Buffer.from(Uint8Array.from({ length: landing_bytes * 5 + seed }, (_, at) => at * seed)));
  clients.forEach((one, index) => void one.end(sent[index] ?? ''));
  while (sockets.length < 2) await new Promise(setImmediate);
  await Promise.all(sockets.map((socket) => once(socket, 'end')));
  expect(memories.size).toBe(1);
  // Who was accepted first is not said by who connected first.
  const whole = arrived.map((chunks) => Buffer.concat(chunks)).sort((one, other) => one.length - other.length);
  expect(whole.map((bytes, index) => bytes.equals(sent[index] ?? Buffer.alloc(0)))).toEqual([true, true]);
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.end('bye');
  const farewells = await Promise.all(clients.map(async (one) => String((await once(one, 'data'))[0])));
  expect(farewells).toEqual(['bye', 'bye']);
  await closed;
});

test('a paused socket takes nothing, and goes on where it stopped', async () => {
  let total = 0;
  const { server, sockets, client } = await landed((bytes) => {
    total += bytes.length;
    sockets[0]?.pause();
  });
  const one = client();
  one.end(Buffer.alloc(landing_bytes * 8));
  while (total === 0) await new Promise(setImmediate);
  const before = total;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(total).toBe(before);
  const ended = sockets[0] === undefined ? undefined : once(sockets[0], 'end');
  const again = setInterval(() => sockets[0]?.resume(), 1);
  await ended;
  clearInterval(again);
  expect(total).toBe(landing_bytes * 8);
  sockets[0]?.end();
  server.close();
  await once(server, 'close');
});

test('a server without a handle is left as it is', () => {
  expect(landAll(new Server(), () => undefined)).toBe(false);
});

// libuv alone reads 32 times from a socket that always has more.
test('who always has more to say lets the others have their turn', async () => {
  let total = 0;
  let ofThisTurn = 0;
  let most = 0;
  const { server, sockets } = await landed((bytes) => {
    total += bytes.length;
    ofThisTurn += bytes.length;
    most = Math.max(most, ofThisTurn);
  });
  const turn = (): void => {
    ofThisTurn = 0;
    if (server.listening) setImmediate(turn);
  };
  turn();
  const address: AddressInfo | string | null = server.address();
  const sent = landing_bytes * 400;
  const sender = new Worker(
    `const { workerData } = require('node:worker_threads');
     require('node:net').connect(workerData.port, '127.0.0.1').end(Buffer.alloc(workerData.sent));`,
    { eval: true, workerData: { port: address !== null && typeof address === 'object' ? address.port : 0, sent } },
  );
  while (sockets.length === 0) await new Promise(setImmediate);
  if (sockets[0] !== undefined) await once(sockets[0], 'end');
  expect(total).toBe(sent);
  expect(most).toBeLessThanOrEqual(landing_bytes * landing_full_reads_max);
  sockets[0]?.destroy();
  server.close();
  await sender.terminate();
});
