import { World, Writer } from '@wirelike/kernel';
import { WireClient, WireClientError } from '@wirelike/testkit';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import amqp from '../index.ts';
import { Broker } from '../model/index.ts';
import { writeBodyStart, writeHeader } from '../wire/content.ts';
import type { Table } from '../wire/field.ts';
import { FRAME_END, frameLength, readUint16 } from '../wire/frame.ts';
import { decodeFields, type Fields, methodNameOf, writeMethod } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';
import { PROTOCOL_HEADER } from '../wire/protocol-header.ts';

let world: World;
const clients: WireClient[] = [];

beforeEach(async () => {
  world = await World.open({ name: 'session', emulators: [amqp], ephemeral: true, without: ['amqps'] });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await world.close(0);
});

const cut = frameLength({ frame_max_bytes: 0, together: false });

function method<N extends MethodName>(channel: number, name: N, fields: Fields<N>): Buffer {
  const writer = new Writer();
  writeMethod(writer, channel, name, fields);
  return Buffer.from(writer.view());
}

function header(size: number, properties: Uint8Array = Buffer.alloc(2)): Buffer {
  const writer = new Writer();
  writeHeader(writer, 1, size, properties);
  return Buffer.from(writer.view());
}

function body(bytes: Uint8Array): Buffer {
  const writer = new Writer();
  writeBodyStart(writer, 1, bytes.length);
  writer.copy(bytes);
  writer.uint8(FRAME_END);
  return Buffer.from(writer.view());
}

const publish = method(1, 'basic.publish', { ticket: 0, exchange: '', routingKey: 'q', mandatory: false, immediate: false });
const startOk = (response = '\0guest\0guest', mechanism = 'PLAIN', clientProperties: Table = new Map()): Buffer =>
  method(0, 'connection.start-ok', { clientProperties, mechanism, response: Buffer.from(response), locale: 'en_US' });
const tuneOk = (channelMax = 2_047, frameMax = 131_072, heartbeat = 0): Buffer =>
  method(0, 'connection.tune-ok', { channelMax, frameMax, heartbeat });
const open = method(0, 'connection.open', { virtualHost: '/', capabilities: '', insist: false });
const channelOpen = method(1, 'channel.open', { outOfBand: '' });
const declare = (queue: string, noWait = false): Buffer =>
  method(1, 'queue.declare', {
    ticket: 0,
    queue,
    passive: false,
    durable: false,
    exclusive: false,
    autoDelete: false,
    noWait,
    arguments: new Map(),
  });

const capable = (name: string): Table => new Map([['capabilities', { type: 'F', value: new Map([[name, { type: 't', value: true }]]) }]]);

const STATES = {
  'before the protocol header': [],
  'before start-ok': [PROTOCOL_HEADER],
  'before tune-ok': [PROTOCOL_HEADER, startOk()],
  'before open': [PROTOCOL_HEADER, startOk(), tuneOk()],
  'before channel.open': [PROTOCOL_HEADER, startOk(), tuneOk(), open],
  'on a channel': [PROTOCOL_HEADER, startOk(), tuneOk(), open, channelOpen],
  'before a content header': [PROTOCOL_HEADER, startOk(), tuneOk(), open, channelOpen, publish],
  'before a body': [PROTOCOL_HEADER, startOk(), tuneOk(), open, channelOpen, publish, header(10)],
} as const;

function broker(): Broker {
  const model = world.model('amqp');
  if (!(model instanceof Broker)) throw new Error('no broker');
  return model;
}

async function connect(...sent: readonly Buffer[]): Promise<WireClient> {
  const address = world.addresses.get('amqp');
  if (address === undefined) throw new Error('no listener');
  const client = await WireClient.connect(address);
  clients.push(client);
  for (const bytes of sent) client.write(bytes);
  return client;
}

/** Logged in, with channel 1. */
async function opened(tune = tuneOk()): Promise<WireClient> {
  const client = await connect(PROTOCOL_HEADER, startOk(), tune, open, channelOpen);
  await until(client, 'channel.open-ok');
  return client;
}

async function until(client: WireClient, name: MethodName): Promise<Buffer> {
  for (;;) {
    const frame = await client.frame(cut);
    if (nameOf(frame) === name) return frame;
  }
}

const nameOf = (frame: Buffer): MethodName | undefined =>
  frame[0] === 1 ? methodNameOf(readUint16(frame, 7), readUint16(frame, 9)) : undefined;

/** Code, text and the method's class and number of the close that comes next. */
async function refusal(client: WireClient, name: 'connection.close' | 'channel.close' = 'connection.close'): Promise<string> {
  const frame = await until(client, name);
  const fields = decodeFields(name, frame, 11, frame.length - 1);
  return typeof fields === 'string' ? fields : `${fields.replyCode} ${fields.replyText} (${fields.classId}, ${fields.methodId})`;
}

describe('bad input in every state', () => {
  const BAD: readonly (readonly [string, Buffer])[] = [
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a TLS hello', Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(200, 0x5a)])],
    ['a length of 4 GiB', Buffer.from([1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0])],
    ['a million zeros', Buffer.alloc(1_000_000)],
    ['garbage', Buffer.alloc(10_000, 'garbage')],
  ];

  describe.each(Object.entries(STATES))('%s', (_, sent) => {
    it.each(BAD)('%s ends the connection, and only that', async (_what, bytes) => {
      const bystander = await opened();
      const client = await connect(...sent);
      client.write(bytes);
      // Otherwise it waits for the server to go.
      client.end();
      await client.gone(3_000);
      bystander.write(declare('fine'));
      await until(bystander, 'queue.declare-ok');
    });
  });
});

describe('after what ends the connection, nothing of the same burst is heard', () => {
  const unknown = Buffer.from([1, 0, 1, 0, 0, 0, 4, 0, 99, 0, 99, FRAME_END]);

  test('not on a channel', async () => {
    const client = await opened();
    client.write(Buffer.concat([declare('before', true), unknown, declare('after', true)]));
    await client.gone(3_000);
    expect([...(broker().vhost('/')?.queues.keys() ?? [])]).toEqual(['before']);
  });

  test('not in the handshake', async () => {
    const client = await connect(PROTOCOL_HEADER);
    await until(client, 'connection.start');
    client.write(Buffer.concat([startOk('\0guest\0wrong'), startOk(), tuneOk(), open, channelOpen]));
    client.end();
    await client.gone(3_000);
    expect(broker().churn.connection_created).toBe(0);
  });
});

describe('the handshake', () => {
  test.each([
    ['more channels than the offer', tuneOk(2_048)],
    ['any number of channels', tuneOk(0)],
    ['larger frames than the offer', tuneOk(1, 131_073)],
    ['smaller frames than 4096 bytes', tuneOk(1, 4_095)],
  ])('hangs up on who wants %s', async (_what, tune) => {
    const client = await connect(PROTOCOL_HEADER, startOk(), tune);
    await until(client, 'connection.tune');
    await client.gone();
  });

  test('tells a client that understands it that the password is wrong, and hangs up on one that does not', async () => {
    const able = capable('authentication_failure_close');
    const told = await connect(PROTOCOL_HEADER, startOk('\0guest\0wrong', 'PLAIN', able));
    expect(await refusal(told)).toBe(
      '403 ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile. (0, 0)',
    );
    const untold = await connect(PROTOCOL_HEADER, startOk('\0guest\0wrong'));
    await untold.gone();
  });

  test('lets guest in without a name, as RabbitMQ 4 does', async () => {
    const client = await connect(PROTOCOL_HEADER, startOk('', 'ANONYMOUS'), tuneOk(), open);
    await until(client, 'connection.open-ok');
  });

  test('tells the cluster’s name of the moment', async () => {
    broker().clusterName = 'elsewhere';
    expect((await until(await connect(PROTOCOL_HEADER), 'connection.start')).toString('latin1')).toContain('elsewhere');
  });

  test('accepts secrets that are updated', async () => {
    const client = await opened();
    client.write(method(0, 'connection.update-secret', { newSecret: Buffer.from('new'), reason: 'rotation' }));
    await until(client, 'connection.update-secret-ok');
  });
});

describe('heartbeats', () => {
  test('come when nothing else does, and are missed', { timeout: 10_000 }, async () => {
    const client = await opened(tuneOk(10, 131_072, 1));
    const frame = await client.frame(cut, 2_000);
    expect([...frame]).toEqual([8, 0, 0, 0, 0, 0, 0, FRAME_END]);
    const started = performance.now();
    await client.gone(4_000);
    expect(performance.now() - started).toBeGreaterThan(900);
  });
});

describe('contents', () => {
  test('larger than max_message_size are refused when they are complete, without being kept', async () => {
    const client = await opened();
    const size = 17 * 1_048_576;
    client.write(publish);
    client.write(header(size));
    const piece = body(Buffer.alloc(131_064));
    for (let sent = 0; sent < size; sent += 131_064) client.write(sent + 131_064 <= size ? piece : body(Buffer.alloc(size - sent)));
    expect(await refusal(client, 'channel.close')).toBe(
      '406 PRECONDITION_FAILED - message size 17825792 is larger than configured max size 16777216 (60, 40)',
    );
  });

  test.each([
    ['announce more than any message may have', [header(2 ** 40)]],
    ['have more body than announced', [header(3), body(Buffer.alloc(5)), body(Buffer.alloc(5))]],
  ])('that %s are waited for', async (_, frames) => {
    const client = await opened();
    client.write(Buffer.concat([publish, ...frames, declare('q')]));
    expect(await refusal(client)).toBe('505 UNEXPECTED_FRAME - expected content body, got non content body frame instead (60, 40)');
  });

  test('on many channels at once have a limit together', { timeout: 20_000 }, async () => {
    const client = await opened();
    const piece = Buffer.alloc(131_064);
    let refused = '';
    const reading = refusal(client).then((text) => {
      refused = text;
    });
    for (let channel = 2; channel < 40 && refused === ''; channel++) {
      const on = (bytes: Buffer): Buffer => {
        const moved = Buffer.from(bytes);
        moved.writeUInt16BE(channel, 1);
        return moved;
      };
      client.write(Buffer.concat([on(channelOpen), on(publish), on(header(16 * 1_048_576))]));
      const many = Buffer.concat(Array.from({ length: 15 }, () => on(body(piece))));
      for (let round = 0; round < 8 && refused === ''; round++) await client.writeAlone(many);
    }
    await reading.catch((error: unknown) => expect(error).toBeInstanceOf(WireClientError));
    expect(refused).toBe('506 RESOURCE_ERROR - too many unfinished contents (60, 40)');
  });
});

describe('contents of RabbitMQ 4.2.6', () => {
  beforeEach(async () => {
    await world.close(0);
    world = await World.open({
      ...{ name: 'session', emulators: [amqp], ephemeral: true, without: ['amqps'] },
      settings: { amqp: { persona: '4.2.6' } },
    });
  });

  test('that announce more than any message may have are refused at once', async () => {
    const client = await opened();
    client.write(publish);
    client.write(header(2 ** 30));
    expect(await refusal(client)).toBe('501 FRAME_ERROR - content body size 1073741824 exceeds maximum allowed size 536870912 (60, 40)');
  });

  test('with more body than announced are refused', async () => {
    const client = await opened();
    client.write(Buffer.concat([publish, header(3), body(Buffer.alloc(5))]));
    expect(await refusal(client)).toBe('501 FRAME_ERROR - content body frame exceeds remaining content size (60, 40)');
  });
});

describe('a resource alarm', () => {
  test('stops who publishes, tells it, and lets it go on', async () => {
    const { alarms } = broker();
    const able = capable('connection.blocked');
    const client = await connect(PROTOCOL_HEADER, startOk(undefined, undefined, able), tuneOk(), open, channelOpen);
    await until(client, 'channel.open-ok');
    const reader = await opened();
    alarms.raise('memory');
    client.write(declare('q'));
    await until(client, 'queue.declare-ok');
    client.write(Buffer.concat([publish, header(0)]));
    const blocked = await until(client, 'connection.blocked');
    expect(blocked.toString('latin1')).toContain('low on memory');
    client.write(declare('waits'));
    reader.write(declare('does not wait'));
    await until(reader, 'queue.declare-ok');
    await expect(client.frame(cut, 100)).rejects.toThrow(WireClientError);
    alarms.clear('memory');
    expect(nameOf(await client.frame(cut))).toBe('connection.unblocked');
    expect(nameOf(await client.frame(cut))).toBe('queue.declare-ok');
  });

  // What RabbitMQ's Java client asserts in its MemoryAlarms.
  test('holds back the message that was published first', async () => {
    const model = broker();
    const client = await opened();
    client.write(declare('q'));
    await until(client, 'queue.declare-ok');
    model.alarms.raise('memory');
    client.write(Buffer.concat([publish, header(3), body(Buffer.from('abc'))]));
    await vi.waitFor(() => expect([...model.connections].some(({ blocked }) => blocked)).toBe(true));
    expect(model.vhost('/')?.queues.get('q')?.readyCount).toBe(0);
    model.alarms.clear('memory');
    await vi.waitFor(() => expect(model.vhost('/')?.queues.get('q')?.readyCount).toBe(1));
  });
});

describe('faults and the journal', () => {
  const message = (text: string): Buffer => Buffer.concat([publish, header(text.length), body(Buffer.from(text))]);
  const consume = method(1, 'basic.consume', {
    ticket: 0,
    queue: 'q',
    consumerTag: 'c',
    noLocal: false,
    noAck: true,
    exclusive: false,
    noWait: false,
    arguments: new Map(),
  });

  test('a publish can fail, wait, or get lost', async () => {
    world.clock.freeze();
    const rule = { emulator: 'amqp', operation: 'basic.publish', where: { routing_key: 'q' } };
    const wait = world.faults.add({ ...rule, action: { kind: 'delay', milliseconds: 1_000 }, occurrences: { nth: 1 } });
    const client = await opened();
    client.write(Buffer.concat([declare('q'), consume, message('late'), message('in time')]));
    await until(client, 'basic.consume-ok');
    await expect(client.frame(cut, 100)).rejects.toThrow(WireClientError);
    world.clock.advance(1_000);
    for (const text of ['late', 'in time']) {
      await until(client, 'basic.deliver');
      await client.frame(cut);
      expect((await client.frame(cut)).toString('latin1')).toContain(text);
    }
    world.faults.remove(wait.id);
    world.faults.add({ ...rule, action: { kind: 'swallow' }, occurrences: { nth: 1 } });
    world.faults.add({ ...rule, action: { kind: 'error', code: 'RESOURCE_LOCKED', text: 'not now' } });
    client.write(Buffer.concat([message('lost'), message('refused')]));
    expect(await refusal(client, 'channel.close')).toBe('405 RESOURCE_LOCKED - not now (60, 40)');
  });

  test('a delivery can get lost', async () => {
    world.journal.enable();
    world.faults.add({
      emulator: 'amqp',
      operation: 'basic.deliver',
      direction: 'out',
      action: { kind: 'swallow' },
      occurrences: { nth: 1 },
    });
    const client = await opened();
    client.write(Buffer.concat([declare('q'), consume, message('one'), message('two')]));
    await until(client, 'basic.deliver');
    await client.frame(cut);
    expect((await client.frame(cut)).toString('latin1')).toContain('two');
    const told = [...world.journal.events()].map(({ direction, operation }) => `${direction} ${operation}`);
    expect(told).toEqual(expect.arrayContaining(['in connection.open', 'in basic.publish', 'internal fault', 'out basic.deliver']));
  });
});

describe('closing', () => {
  test('channels can be opened again, and a method without an answer is not answered', async () => {
    const client = await opened();
    const close = method(1, 'channel.close', { replyCode: 200, replyText: '', classId: 0, methodId: 0 });
    client.write(Buffer.concat([declare('quiet', true), close]));
    expect(nameOf(await client.frame(cut))).toBe('channel.close-ok');
    client.write(Buffer.concat([channelOpen, declare('quiet')]));
    const names: (MethodName | undefined)[] = [];
    while (names.at(-1) !== 'queue.declare-ok') names.push(nameOf(await client.frame(cut)));
    expect(names).toEqual(['channel.open-ok', 'queue.declare-ok']);
    client.write(Buffer.concat([close, channelOpen]));
    expect(await refusal(client)).toBe("504 CHANNEL_ERROR - second 'channel.open' seen (20, 10)");
  });

  test('after an error of the connection only close-ok counts', async () => {
    const client = await opened();
    client.write(Buffer.concat([channelOpen, declare('late')]));
    expect(await refusal(client)).toBe("504 CHANNEL_ERROR - second 'channel.open' seen (20, 10)");
    client.write(declare('later'));
    client.write(method(0, 'connection.close-ok', {}));
    await client.gone();
    expect(client.received.length).toBe(0);
  });

  test('a client that closes is answered and may take its time', async () => {
    const client = await opened();
    client.write(method(0, 'connection.close', { replyCode: 200, replyText: 'bye', classId: 0, methodId: 0 }));
    await until(client, 'connection.close-ok');
    expect(client.ending).toBe('open');
    client.end();
    await client.gone();
  });
});
