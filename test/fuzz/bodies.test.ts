// Bodies of every length, from several clients at a time whose frames are mixed and whose bytes are cut anywhere: all
// connections are read into one memory, so what is anybody else's would show in what consumers get.
import { readFileSync } from 'node:fs';
import amqp from '@wirelike/amqp';
import { World } from '@wirelike/kernel';
import amqplib, { type ChannelModel } from 'amqplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { content_assembly_max_bytes } from '../../packages/amqp/src/limits.ts';
import { output_backlog_max_bytes, output_congested_bytes } from '../../packages/kernel/src/limits.ts';
import { frame, frame_types, headerPayload, methodPayload } from '../differential/amqp/codec/frames.ts';
import { type Dice, dice, pick } from '../differential/amqp/dice.ts';
import { protocol_header, WireClient } from '../differential/amqp/wire-client.ts';

const exchange = 'amq.fanout';
const patience = { timeout: 15_000 } as const;
/** Around what fits a frame, what is copied and what is passed on, and what one read takes. */
const lengths = [12, 100, 4_087, 4_088, 4_089, 16_382, 16_384, 16_386, 65_536, 131_060, 131_064, 131_065, 200_000] as const;
const noise = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * at * 31 + at) >> 3));

let world: World;
const wires: WireClient[] = [];
const connections: ChannelModel[] = [];

beforeEach(async () => {
  world = await World.open({ name: 'bodies', emulators: [amqp], ephemeral: true });
});

afterEach(async () => {
  for (const wire of wires.splice(0)) wire.destroy();
  for (const connection of connections.splice(0)) await connection.close();
  await world.close(0);
});

const ca = (): string => readFileSync(world.environment().WIRELIKE_CA_FILE ?? '', 'utf8');

/** Logged in, with channels 1 to 3. */
async function publisher(frameMax: number, secure: boolean): Promise<WireClient> {
  const { port = 0 } = world.addresses.get(secure ? 'amqps' : 'amqp') ?? {};
  const wire = secure ? await WireClient.openSecurely(port, { ca: ca() }) : await WireClient.open(port);
  wires.push(wire);
  wire.frame_max = frameMax;
  wire.raw(protocol_header);
  wire.method(0, 'connection.start-ok', { mechanism: 'PLAIN', response: '\0guest\0guest', locale: 'en_US' });
  wire.method(0, 'connection.tune-ok', { channelMax: 9, frameMax });
  wire.method(0, 'connection.open', { virtualHost: '/' });
  for (const channel of [1, 2, 3]) wire.method(channel, 'channel.open');
  await wire.inbox(3).find(() => true, 5_000);
  return wire;
}

async function consumerOf(frameMax: number, secure: boolean): Promise<ChannelModel> {
  const { AMQP_URL = '', AMQPS_URL = '' } = world.environment();
  const connection = await amqplib.connect(`${secure ? AMQPS_URL : AMQP_URL}?frameMax=${frameMax}&heartbeat=0`, { ca: [ca()] });
  connections.push(connection);
  return connection;
}

/** Says whose it is, and is like no other. */
function bodyOf(sender: number, channel: number, number: number, length: number): Buffer {
  const start = sender * 7_919 + channel * 104_729 + number * 17;
  const bytes = Buffer.from(noise.subarray(start % 90_000, (start % 90_000) + length));
  for (const [place, value] of [sender, channel, number].entries()) bytes.writeUInt32BE(value, place * 4);
  return bytes;
}

function contentFrames(channel: number, body: Buffer, frameMax: number): Buffer[] {
  const frames = [
    frame(frame_types.method, channel, methodPayload('basic.publish', { exchange })),
    frame(frame_types.header, channel, headerPayload({}, body.length)),
  ];
  const room = frameMax - 8;
  for (let at = 0; at < body.length; at += room) frames.push(frame(frame_types.body, channel, body.subarray(at, at + room)));
  return frames;
}

/** The frames of all channels, each channel's in their order. */
function mixed(channels: Buffer[][], roll: Dice): Buffer {
  const bytes: Buffer[] = [];
  for (let left = channels; left.length > 0; left = left.filter((frames) => frames.length > 0)) {
    const frames = left[roll(left.length)];
    if (frames !== undefined) bytes.push(...frames.splice(0, 1 + roll(3)));
  }
  return Buffer.concat(bytes);
}

async function sendInPieces(wire: WireClient, bytes: Buffer, roll: Dice): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + roll(pick(roll, [20, 3_000, 70_000, 300_000]));
    wire.raw(bytes.subarray(at, at + length));
    at += length;
    await new Promise(setImmediate);
  }
}

describe.each([
  ['plain', false],
  ['over TLS', true],
] as const)('%s', (_, secure) => {
  test.each([1, 2, 3])('bodies arrive as they were sent, on any channel (%i)', { timeout: 20_000 }, async (seed) => {
    const roll = dice(seed);
    const got = new Map<string, Buffer[]>();
    let count = 0;
    for (const frameMax of [4_096, 131_072]) {
      const connection = await consumerOf(frameMax, secure);
      for (const channelNumber of [1, 2, 3]) {
        const channel = await connection.createChannel();
        const { queue } = await channel.assertQueue('', { exclusive: true });
        await channel.bindQueue(queue, exchange, '');
        const isSlow = channelNumber === 3;
        if (isSlow) await channel.prefetch(1);
        const take = (message: amqplib.ConsumeMessage | null): void => {
          if (message === null) return;
          const { content } = message;
          const from = `${content.readUInt32BE(0)}.${content.readUInt32BE(4)} to ${frameMax}.${channelNumber}`;
          got.set(from, [...(got.get(from) ?? []), content]);
          const done = (): void => {
            if (isSlow) channel.ack(message);
            count++;
          };
          if (isSlow) setTimeout(done, roll(3));
          else done();
        };
        await channel.consume(queue, take, { noAck: !isSlow });
      }
    }
    const sent = new Map<string, Buffer[]>();
    const senders = [4_096, 131_072, 131_072].map(async (frameMax, sender) => {
      const wire = await publisher(frameMax, secure);
      const channels = [1, 2, 3].map((channel) => {
        const bodies = Array.from({ length: 6 }, (__, number) => bodyOf(sender, channel, number, pick(roll, lengths)));
        for (const to of ['4096.1', '4096.2', '4096.3', '131072.1', '131072.2', '131072.3'])
          sent.set(`${sender}.${channel} to ${to}`, bodies);
        return bodies.flatMap((body) => contentFrames(channel, body, frameMax));
      });
      await sendInPieces(wire, mixed(channels, roll), roll);
    });
    await Promise.all(senders);
    await expect.poll(() => count, patience).toBe(3 * 3 * 6 * 6);
    const differing = [...sent].filter(([from, bodies]) => !bodies.every((body, index) => got.get(from)?.[index]?.equals(body)));
    expect(differing.map(([from]) => from)).toEqual([]);
    expect(world.failures).toEqual([]);
  });
});

test.each([
  ['in the middle of a body', (bytes: Buffer) => bytes.subarray(0, -50_000)],
  ['between header and body', (bytes: Buffer) => bytes.subarray(0, -100_000 - 8)],
  ['in the middle of a header', (bytes: Buffer) => bytes.subarray(0, -100_000 - 12)],
  ['before the last octet', (bytes: Buffer) => bytes.subarray(0, -1)],
] as const)('who goes %s has published what was whole before', { timeout: 20_000 }, async (_, part) => {
  const connection = await consumerOf(131_072, false);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, exchange, '');
  for (const secure of [false, true]) {
    const wire = await publisher(131_072, secure);
    const whole = bodyOf(1, 1, 1, 100_000);
    const bytes = Buffer.concat(contentFrames(1, whole, 131_072));
    wire.raw(Buffer.concat([bytes, part(bytes)]));
    await expect.poll(async () => (await channel.checkQueue(queue)).messageCount, patience).toBe(1);
    wire.destroy();
    await expect.poll(() => world.listeners.flatMap(({ connections: live }) => [...live]).length, patience).toBe(1);
    const message = await channel.get(queue, { noAck: true });
    expect(message !== false && message.content.equals(whole)).toBe(true);
    expect((await channel.checkQueue(queue)).messageCount).toBe(0);
  }
  expect(world.failures).toEqual([]);
});

test('the longest body that is taken fits before a client that has read nothing of it', () => {
  const frames = Math.ceil(content_assembly_max_bytes / 4_088);
  expect(content_assembly_max_bytes + frames * 8 + output_congested_bytes).toBeLessThan(output_backlog_max_bytes);
});

test('who goes while it is sent a long body leaves it to the next', { timeout: 20_000 }, async () => {
  const connection = await consumerOf(131_072, false);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q');
  const body = Buffer.alloc(12_000_000, noise);
  channel.sendToQueue('q', body);
  await channel.waitForConfirms();
  for (const secure of [false, true]) {
    const wire = await publisher(131_072, secure);
    wire.pause();
    wire.method(2, 'basic.consume', { queue: 'q' });
    await expect.poll(async () => (await channel.checkQueue('q')).messageCount, patience).toBe(0);
    wire.destroy();
    await expect.poll(async () => (await channel.checkQueue('q')).messageCount, patience).toBe(1);
  }
  const message = await channel.get('q', { noAck: true });
  expect(message !== false && [message.content.equals(body), message.fields.redelivered]).toEqual([true, true]);
  expect(world.failures).toEqual([]);
});
