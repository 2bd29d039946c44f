import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { World, Writer } from '@wirelike/kernel';
import { WireClient } from '@wirelike/testkit';
import { describe, expect, it, vi } from 'vitest';
import amqp from '../index.ts';
import { Broker, Message, Recorder } from '../model/index.ts';
import { writeBodyStart, writeHeader } from '../wire/content.ts';
import { FRAME_END, frameLength } from '../wire/frame.ts';
import { type Fields, writeMethod } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';
import { PROTOCOL_HEADER } from '../wire/protocol-header.ts';
import { ChannelSession } from './channel-session.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

function frames(write: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  write(writer);
  return Buffer.from(writer.view());
}

function method<N extends MethodName>(channel: number, name: N, fields: Fields<N>): Buffer {
  return frames((writer) => writeMethod(writer, channel, name, fields));
}

function content(channel: number, text: string, length: number = text.length): Buffer {
  return frames((writer) => {
    writeHeader(writer, channel, length, Buffer.alloc(2));
    writeBodyStart(writer, channel, text.length);
    writer.copy(Buffer.from(text));
    writer.uint8(FRAME_END);
  });
}

const none = new Map();
const declare = (queue: string, exclusive = false): Buffer =>
  method(1, 'queue.declare', {
    ticket: 0,
    queue,
    passive: false,
    durable: false,
    exclusive,
    autoDelete: false,
    noWait: false,
    arguments: none,
  });
const publish = (routingKey: string): Buffer =>
  method(1, 'basic.publish', { ticket: 0, exchange: '', routingKey, mandatory: true, immediate: false });
const consume = (queue: string, noAck = false): Buffer =>
  method(1, 'basic.consume', {
    ...{ ticket: 0, queue, consumerTag: '', noLocal: false, noAck },
    ...{ exclusive: false, noWait: false, arguments: none },
  });

const LOGIN = Buffer.concat([
  PROTOCOL_HEADER,
  method(0, 'connection.start-ok', {
    clientProperties: none,
    mechanism: 'PLAIN',
    response: Buffer.from('\0guest\0guest'),
    locale: 'en_US',
  }),
  method(0, 'connection.tune-ok', { channelMax: 2_047, frameMax: 131_072, heartbeat: 60 }),
  method(0, 'connection.open', { virtualHost: '/', capabilities: '', insist: false }),
  method(1, 'channel.open', { outOfBand: '' }),
]);

/** What a client has sent when its connection is lost. */
const MIDDLES: Readonly<Record<string, Buffer>> = {
  'of the protocol header': PROTOCOL_HEADER.subarray(0, 5),
  'of the handshake': LOGIN.subarray(0, 60),
  'of a method': Buffer.concat([LOGIN, declare('half').subarray(0, 20)]),
  'of a content': Buffer.concat([LOGIN, publish('q'), content(1, 'beginning', 100_000)]),
  'of a transaction': Buffer.concat([LOGIN, method(1, 'tx.select', {}), publish('q'), content(1, 'never')]),
  'of confirms': Buffer.concat([LOGIN, method(1, 'confirm.select', { noWait: false }), publish('q'), content(1, 'm')]),
  'of consuming from an exclusive queue': Buffer.concat([LOGIN, declare('own', true), consume('own'), publish('own'), content(1, 'm')]),
  'of consuming from a shared queue': Buffer.concat([LOGIN, publish('q'), content(1, 'm'), consume('q')]),
  'of waiting for a reply': Buffer.concat([LOGIN, consume('amq.rabbitmq.reply-to', true)]),
  'of closing its channel': Buffer.concat([
    LOGIN,
    method(1, 'queue.delete', { ticket: 0, queue: 'nope', ifUnused: false, ifEmpty: false, noWait: false }),
  ]),
  'of being refused': Buffer.concat([LOGIN, method(1, 'queue.purge', { ticket: 0, queue: 'nope', noWait: false })]),
};

async function open(settings: Readonly<Record<string, string>> = {}): Promise<{ world: World; broker: Broker }> {
  const world = await World.open({ name: 'leaks', emulators: [amqp], ephemeral: true, settings: { amqp: settings } });
  const broker = world.model('amqp');
  if (!(broker instanceof Broker)) throw new Error('no broker');
  return { world, broker };
}

async function connect(world: World, bytes: Buffer): Promise<WireClient> {
  const address = world.addresses.get('amqp');
  if (address === undefined) throw new Error('no listener');
  const client = await WireClient.connect(address);
  client.write(bytes);
  return client;
}

describe('a connection that is lost in the middle', () => {
  it.each(Object.entries(MIDDLES))('%s leaves nothing behind', async (_, bytes) => {
    const { world, broker } = await open();
    const other = await connect(world, Buffer.concat([LOGIN, declare('q')]));
    const cut = frameLength({ frame_max_bytes: 0, together: false });
    for (let count = 0; count < 5; count++) await other.frame(cut);
    // By then its channel rests.
    world.clock.advance(5_000);
    const timers = world.clock.timers;
    for (let round = 0; round < 3; round++) {
      const client = await connect(world, bytes);
      await new Promise((resolve) => setTimeout(resolve, 20));
      client.destroy();
    }
    await vi.waitFor(() => expect(broker.connections.size).toBe(1));
    const queue = broker.vhost('/')?.queues.get('q');
    expect([...(broker.vhost('/')?.queues.keys() ?? [])]).toEqual(['q']);
    expect([queue?.consumers.length, queue?.unackedCount, broker.replyConsumers.size]).toEqual([0, 0, 0]);
    // The next look for deliveries that nobody acknowledges finds none, and is the last.
    world.clock.advance(60_000);
    expect(world.clock.timers).toBe(timers);
    expect([...broker.connections].map(({ channels }) => channels.size)).toEqual([1]);
    other.destroy();
    await world.close(0);
  });
});

describe('a session that can’t be told something', () => {
  it('is gone, and the world remembers why; nobody else notices', async () => {
    const { world, broker } = await open();
    const broken = await connect(world, Buffer.concat([LOGIN, declare('q'), consume('q', true)]));
    await vi.waitFor(() => expect(broker.vhost('/')?.queues.get('q')?.consumers.length).toBe(1));
    const deliver = vi.spyOn(ChannelSession.prototype, 'deliver').mockImplementation(() => {
      throw new Error('a mistake of ours');
    });
    const publisher = await connect(world, LOGIN);
    const cut = frameLength({ frame_max_bytes: 0, together: false });
    for (let count = 0; count < 4; count++) await publisher.frame(cut);
    const inProcess = broker.connect({ user: 'guest', vhost: '/', name: 'in process', sink: new Recorder() });
    // Delivered in a microtask.
    inProcess.openChannel(1, new Recorder()).basicPublish(Message.of('', 'q', Buffer.from('m')), false, false);
    await broken.gone(3_000);
    deliver.mockRestore();
    expect(world.failures).toMatchObject([{ where: 'connection', error: new Error('a mistake of ours') }]);
    publisher.write(declare('other'));
    await publisher.frame(cut);
    expect(broker.connections.size).toBe(2);
    publisher.destroy();
    await world.close(0);
  });
});

describe('a world that was closed', () => {
  async function live(): Promise<WeakRef<Broker>> {
    // Its memory alarm is raised at the first look.
    const { world, broker } = await open({ vm_memory_high_watermark: '1000' });
    const client = await connect(world, Buffer.concat([LOGIN, declare('q'), publish('q'), content(1, 'm')]));
    await vi.waitFor(() => expect([broker.vhost('/')?.queues.get('q')?.readyCount, broker.alarms.raised]).toEqual([1, true]));
    const sink = new Recorder();
    const channel = broker.connect({ user: 'guest', vhost: '/', name: 'in process', sink }).openChannel(1, sink);
    channel.queueBind({ queue: 'q', exchange: 'amq.topic', routingKey: '#' });
    channel.basicPublish(Message.of('amq.topic', 'k', Buffer.from('m')), false, false);
    await fetch(`${(world.environment().RABBITMQ_MANAGEMENT_URL ?? '').replace('guest:guest@', '')}/api/overview`);
    client.destroy();
    await world.close(0);
    return new WeakRef(broker);
  }

  it('is not kept alive by anything', async () => {
    const broker = await live();
    await vi.waitFor(
      () => {
        if (typeof collectGarbage === 'function') collectGarbage();
        expect(broker.deref() === undefined).toBe(true);
      },
      { timeout: 4_000, interval: 100 },
    );
  });
});
