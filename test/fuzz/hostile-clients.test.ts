// Clients that claim much and send little, break off, dribble, never read, or end their side too soon: memory stays
// where it was, what was confirmed is there, and nobody else notices.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import amqp from '@wirelike/amqp';
import type { World } from '@wirelike/kernel';
import ldap from '@wirelike/ldap';
import libvirt from '@wirelike/libvirt';
import { eventually, liveBytes, openWorld, WireClient } from '@wirelike/testkit';
import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closing, consume, frame_max_bytes, get, type Listener, opening, publish, RawClient } from './amqp-raw-client.ts';

const listeners: readonly Listener[] = ['amqp', 'amqps'];

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const digest = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');

async function ordinary(world: World): Promise<{ connection: ChannelModel; channel: ConfirmChannel }> {
  const connection = await amqplib.connect(world.environment().AMQP_URL ?? '');
  onTestFinished(() => connection.close().catch(() => undefined));
  return { connection, channel: await connection.createConfirmChannel() };
}

/** Publishes and consumes bodies of many lengths until it is stopped; says of how many, and which came back different. */
async function bystander(world: World): Promise<() => Promise<{ sent: number; wrong: number }>> {
  const { channel } = await ordinary(world);
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const expected: string[] = [];
  let sent = 0;
  let wrong = 0;
  await channel.consume(queue, (message) => void (digest(message?.content ?? Buffer.alloc(0)) === expected.shift() || wrong++), {
    noAck: true,
  });
  let going = true;
  const work = (async () => {
    for (; going; sent++) {
      const body = randomBytes([10, 5_000, 70_000, frame_max_bytes - 8, 300_001][sent % 5] ?? 0);
      expected.push(digest(body));
      channel.sendToQueue(queue, body);
      await channel.waitForConfirms();
    }
    await eventually('all of them came back', () => expected.length === 0);
  })();
  return async () => {
    going = false;
    await work;
    return { sent, wrong };
  };
}

describe.each([
  ['amqp', Buffer.concat([opening, publish('', 'x', Buffer.alloc(0))]), Buffer.concat([Buffer.of(1, 0, 1), uint32(frame_max_bytes - 8)])],
  ['ldap', Buffer.alloc(0), Buffer.concat([Buffer.of(0x30, 0x84), uint32(262_143 - 6)])],
  ['libvirt', Buffer.alloc(0), uint32(33_554_432)],
] as const)('%s', (listener, session, claim) => {
  test('a length that is claimed takes no memory before there is something to fill it', async () => {
    const world = await openWorld([amqp, ldap, libvirt]);
    const address = world.addresses.get(listener);
    if (address === undefined) throw new Error(`no ${listener}`);
    const clients = await Promise.all(Array.from({ length: 300 }, () => WireClient.connect(address)));
    const received = (): number =>
      world.listeners.reduce((sum, { connections }) => [...connections].reduce((bytes, each) => bytes + each.bytes_received, sum), 0);
    /** Resident bytes when all have sent it. */
    const resident = async (bytes: Buffer): Promise<number> => {
      const wanted_bytes = received() + bytes.length * clients.length;
      for (const client of clients) client.write(bytes);
      await eventually('all is read', () => received() === wanted_bytes);
      liveBytes(); // collects
      return process.memoryUsage.rss();
    };
    const before = await resident(session);
    const claimed = await resident(claim);
    expect((claimed - before) / clients.length).toBeLessThan(16_384);
    expect(clients.map(({ ending }) => ending)).toEqual(clients.map(() => 'open'));
    for (const client of clients) client.destroy();
  });
});

describe.each(listeners)('%s', (listener) => {
  test('clients that reset in the middle of a body', async () => {
    const clients = listener === 'amqp' ? 200 : 40;
    const world = await openWorld([amqp]);
    const stop = await bystander(world);
    const whole = publish('', 'broken-off', randomBytes(1_000_000));
    const { channel } = await ordinary(world);
    await channel.assertQueue('broken-off');
    for (let n = 0; n < clients; n++) {
      const client = await RawClient.connect(world, listener);
      client.write(opening);
      await client.written(whole.subarray(0, 100 + Math.floor((n / clients) * 900_000)));
      client.reset();
    }
    await eventually('only ordinary clients are left', () =>
      world.listeners.every(({ connections, spec }) => connections.size === (spec.name === 'amqp' ? 2 : 0)),
    );
    const { sent, wrong } = await stop();
    expect([sent > 10, wrong]).toEqual([true, 0]);
    expect((await channel.checkQueue('broken-off')).messageCount).toBe(0);
    expect(world.failures).toEqual([]);
  });

  test('clients that send whole sessions byte by byte', async () => {
    const clients = listener === 'amqp' ? 30 : 5;
    const world = await openWorld([amqp]);
    const { channel } = await ordinary(world);
    await channel.assertQueue('dribbled');
    const bodies = Array.from({ length: clients }, () => randomBytes(2_000));
    await Promise.all(
      bodies.map(async (body, n) => {
        const client = await RawClient.connect(world, listener);
        const session = Buffer.concat([opening, publish('', 'dribbled', body, n % 2 === 0 ? frame_max_bytes : 512)]);
        for (let at = 0; at < session.length; at++) await client.written(session.subarray(at, at + 1));
        await eventually('it is confirmed', () => client.confirmed === 1);
        for (const byte of closing) await client.written(Buffer.of(byte));
        await eventually('it is told goodbye', () => client.last === 'connection.close-ok');
        client.socket.destroy();
      }),
    );
    const found: string[] = [];
    await channel.consume('dribbled', (message) => void found.push(digest(message?.content ?? Buffer.alloc(0))), { noAck: true });
    await eventually('all messages are there', () => found.length === clients);
    expect(found.sort()).toEqual(bodies.map(digest).sort());
  });

  test.each([
    [5_000, 10],
    [20, 400_000],
  ])('a client that ends its side behind the last of %i messages of %i bytes has all of them confirmed', async (count, size_bytes) => {
    const world = await openWorld([amqp]);
    const { channel } = await ordinary(world);
    await channel.assertQueue('hasty');
    const client = await RawClient.connect(world, listener);
    const one = publish('', 'hasty', randomBytes(size_bytes));
    client.socket.end(Buffer.concat([opening, ...Array.from({ length: count }, () => one)]));
    await once(client.socket, 'end');
    expect(client.confirmed).toBe(count);
    expect((await channel.checkQueue('hasty')).messageCount).toBe(count);
  });
});

test('of five consumers of a fanout one never reads', async () => {
  const messages = 300;
  const world = await openWorld([amqp]);
  const { channel } = await ordinary(world);
  const body = randomBytes(100_000);
  const counts = new Map<string, number>();
  for (const name of ['one', 'two', 'three', 'four', 'never']) {
    await channel.assertQueue(name);
    await channel.bindQueue(name, 'amq.fanout', '');
    if (name === 'never') continue;
    const { channel: own } = await ordinary(world);
    await own.consume(name, (message) => void (message?.content.equals(body) && counts.set(name, (counts.get(name) ?? 0) + 1)), {
      noAck: true,
    });
  }
  const never = await RawClient.connect(world, 'amqp');
  never.write(Buffer.concat([opening, consume('never')]));
  await eventually('it consumes', () => never.last === 'basic.consume-ok');
  never.socket.pause();
  const readers = (): number[] => ['one', 'two', 'three', 'four'].map((name) => counts.get(name) ?? 0);
  for (let n = 0; n < messages; n++) channel.publish('amq.fanout', '', body);
  await channel.waitForConfirms();
  await eventually('the others have everything', () => readers().every((count) => count === messages));
  const backlogs = world.listeners.flatMap(({ connections }) => [...connections].map(({ backlog_bytes }) => backlog_bytes));
  expect(Math.max(...backlogs)).toBeLessThan(4 * 1_048_576);
  expect((await channel.checkQueue('never')).messageCount).toBeGreaterThan(messages / 2);
  never.reset();
});

test('a client that asks for much, ends its side and reads slowly gets all of it', async () => {
  const messages = 100;
  const world = await openWorld([amqp]);
  const { channel } = await ordinary(world);
  await channel.assertQueue('slow');
  for (let n = 0; n < messages; n++) channel.sendToQueue('slow', randomBytes(100_000));
  await channel.waitForConfirms();
  const client = await RawClient.connect(world, 'amqp');
  client.socket.pause();
  client.socket.end(Buffer.concat([opening, ...Array.from({ length: messages }, () => get('slow'))]));
  // Longer than a connection that ends waits for its peer.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  client.socket.resume();
  await once(client.socket, 'end');
  expect(client.bytes_received).toBeGreaterThan(messages * 100_000);
  expect((await channel.checkQueue('slow')).messageCount).toBe(0);
});
