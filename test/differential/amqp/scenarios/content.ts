import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import { ByteSink } from '../codec/bytes.ts';
import type { Field, Plain } from '../codec/fields.ts';
import { type Arguments, frame, frame_types } from '../codec/frames.ts';
import { type Area, scenario } from '../scenario.ts';

async function withQueue(a: Actor): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.queue(a.name('q'), { exclusive: true });
  return ch;
}

/** Publishes with these headers and gets it again. */
async function roundTrip(a: Actor, headers: Readonly<Record<string, Plain>>): Promise<void> {
  const ch = await withQueue(a);
  ch.publish({ key: a.name('q'), body: 'm', headers });
  await ch.get(a.name('q'));
}

const all_properties: Arguments = {
  contentType: 'text/plain',
  contentEncoding: 'utf-8',
  headers: { h: 'v' },
  deliveryMode: 2,
  priority: 9,
  correlationId: 'corr',
  replyTo: 'somebody',
  expiration: '600000',
  messageId: 'mid',
  timestamp: 1_700_000_000n,
  type: 'kind',
  userId: 'guest',
  appId: 'app',
  clusterId: 'cluster',
};

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** A header frame whose property flags and bytes are given as they are. */
function rawHeader(flags: readonly number[], properties: Uint8Array, bodySize: number, classId = 60, weight = 0): Buffer {
  const sink = new ByteSink();
  sink.uint(classId, 2);
  sink.uint(weight, 2);
  sink.ulong(BigInt(bodySize));
  for (const each of flags) sink.uint(each, 2);
  sink.raw(properties);
  return sink.bytes();
}

/** Publishes with several headers of the same name. */
async function doubled(a: Actor, ch: ChannelScript, exchange: string, values: readonly number[], body: string): Promise<void> {
  const fields = new ByteSink();
  for (const value of values) {
    fields.shortString('k');
    fields.raw(bytes('I'));
    fields.uint(value, 4);
  }
  const properties = new ByteSink();
  properties.longString(fields.bytes());
  ch.send('basic.publish', { exchange: a.name(exchange) });
  const header = frame(frame_types.header, 1, rawHeader([0x2000], properties.bytes(), body.length));
  (await a.main()).raw(`headers k=${values}, ${body}`, Buffer.concat([header, frame(frame_types.body, 1, bytes(body))]));
}

export const content: Area = {
  name: 'content',
  scenarios: [
    scenario('all properties', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: 'm', properties: all_properties });
      await ch.get(a.name('q'));
    }),
    scenario('each property alone', async (a) => {
      const ch = await withQueue(a);
      for (const [name, value] of Object.entries(all_properties)) {
        ch.publish({ key: a.name('q'), body: name, properties: { [name]: value } });
        await ch.get(a.name('q'));
      }
    }),
    scenario('empty and extreme properties', async (a) => {
      const ch = await withQueue(a);
      const cases: Arguments[] = [
        { contentType: '', headers: {}, correlationId: '', messageId: '', type: '', appId: '', clusterId: '' },
        { priority: 255, timestamp: 2n ** 64n - 1n, messageId: 'x'.repeat(255) },
        { timestamp: 0n, priority: 0 },
        { contentType: 'gr\u00fc\u00df', messageId: '\u{1f30d}' },
      ];
      for (const properties of cases) {
        ch.publish({ key: a.name('q'), body: 'm', properties });
        await ch.get(a.name('q'));
      }
    }),
    scenario('a property that is not UTF-8', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: 'm', properties: { messageId: bytes('a\xff\xfeb') } });
      await ch.get(a.name('q'));
    }),
    scenario('headers: numbers', (a) =>
      roundTrip(a, {
        b: { type: 'b', value: -128 },
        B: { type: 'B', value: 255 },
        s: { type: 's', value: -32_768 },
        u: { type: 'u', value: 65_535 },
        I: -2_147_483_648,
        i: { type: 'i', value: 4_294_967_295 },
        l: -(2n ** 63n),
        f: { type: 'f', value: 1.5 },
        d: Math.PI,
        D: { type: 'D', value: [2, 12_345] },
      }),
    ),
    scenario('headers: not numbers', (a) =>
      roundTrip(a, {
        t: true,
        f: false,
        S: 'text',
        empty: '',
        unicode: '\u00e4\u{1f30d}',
        T: { type: 'T', value: 1_700_000_000n },
        V: null,
        x: { type: 'x', value: bytes('\x00\x01\xff') },
        binary: { type: 'S', value: bytes('\xff\xfe') },
      }),
    ),
    scenario('headers: nested', (a) =>
      roundTrip(a, {
        table: { inner: { deeper: [1, 'two', { three: [null, [], {}] }] } },
        list: [true, 2, 'x', [1.5]],
        none: {},
        nothing: [],
      }),
    ),
    scenario('headers: the same key twice, an empty key, a long key', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: 'm', headers: { '': 'empty', ['k'.repeat(255)]: 1 } });
      await ch.get(a.name('q'));
      const sink = new ByteSink();
      for (const value of [1, 2]) {
        sink.shortString('k');
        sink.raw(bytes('I'));
        sink.uint(value, 4);
      }
      const properties = new ByteSink();
      properties.longString(sink.bytes());
      ch.send('basic.publish', { routingKey: a.name('q') });
      (await a.main()).raw('headers {k=1, k=2}', frame(frame_types.header, 1, rawHeader([0x2000], properties.bytes(), 0)));
      await ch.get(a.name('q'));
    }),
    scenario('headers: exchanges look at the last of doubled ones', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'headers', { autoDelete: true });
      await ch.exchange(a.name('ring'), 'x-consistent-hash', { autoDelete: true, arguments: { 'hash-header': 'k' } });
      for (const value of [1, 2, 3, 4, 5]) {
        await ch.queue(a.name(`q${value}`), { exclusive: true });
        await ch.bind(a.name(`q${value}`), a.name('x'), '', { k: value });
        await ch.bind(a.name(`q${value}`), a.name('ring'), '1');
      }
      for (const exchange of ['x', 'ring']) {
        for (const [body, values] of Object.entries({ one: [1], two: [2], three: [1, 3, 2], four: [4, 1], five: [1, 5] })) {
          await doubled(a, ch, exchange, values, body);
        }
      }
      for (const value of [1, 2, 3, 4, 5]) await ch.drain(a.name(`q${value}`));
      await ch.call('exchange.delete', { exchange: a.name('x') });
      await ch.call('exchange.delete', { exchange: a.name('ring') });
    }),
    scenario('headers: a field type that does not exist', async (a) => {
      const unknown: Field = { type: 'unknown', value: 'Zjunk' };
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: 'm', headers: { odd: unknown } });
      await ch.take();
    }),
    scenario('headers: L', async (a) => {
      await roundTrip(a, { L: { type: 'L', value: 5n } });
    }),
    scenario('headers that end in the middle of a field', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      const table = Buffer.from('\x00\x00\x00\x04\x01kI\x00', 'latin1');
      (await a.main()).raw('headers cut short', frame(frame_types.header, 1, rawHeader([0x2000], table, 0)));
      await ch.take();
    }),
    scenario('properties that are shorter than their flags', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      (await a.main()).raw('content-type and nothing', frame(frame_types.header, 1, rawHeader([0x8000], bytes(''), 0)));
      await ch.take();
    }),
    scenario('properties that are longer than their flags', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      (await a.main()).raw('no flags, three octets', frame(frame_types.header, 1, rawHeader([0], bytes('abc'), 0)));
      await ch.take();
    }),
    scenario('bodies: empty, one octet, all octets', async (a) => {
      const ch = await withQueue(a);
      for (const body of ['', 'x', Buffer.from(Array.from({ length: 256 }, (_, index) => index))]) {
        ch.publish({ key: a.name('q'), body });
        await ch.get(a.name('q'));
      }
    }),
    scenario('bodies around the frame size', async (a) => {
      const b = await a.connect({ label: 'b', frameMax: 4096 });
      const ch = await b.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      for (const length of [4087, 4088, 4089, 8175, 8176, 8177, 20_000]) {
        ch.publish({ key: a.name('q'), body: 'x'.repeat(length) });
        await ch.get(a.name('q'));
      }
      await ch.consume(a.name('q'));
      ch.publish({ key: a.name('q'), body: 'y'.repeat(10_000) });
      await ch.take();
    }),
    scenario('a large body in large frames', async (a) => {
      const ch = await withQueue(a);
      for (const length of [131_064, 131_065, 1_000_000]) {
        ch.publish({ key: a.name('q'), body: Buffer.alloc(length, 'abcdefg') });
        await ch.get(a.name('q'));
      }
    }),
    scenario('long bodies on another channel than they came from', async (a) => {
      const ch = await a.channel();
      const other = await (await a.main()).channel(3);
      await ch.queue(a.name('q'), { exclusive: true });
      await other.consume(a.name('q'), { noAck: true });
      for (const length of [16_383, 16_384, 16_385, 131_064, 131_065]) {
        ch.publish({ key: a.name('q'), body: Buffer.alloc(length, 'abcdefg') });
        await other.take();
      }
    }),
    scenario('long bodies to several consumers, one of whom takes smaller frames', async (a) => {
      const b = await a.connect({ label: 'b', frameMax: 8192 });
      const [here, there, smaller] = [await a.channel(), await (await a.main()).channel(2), await b.channel()];
      await here.call('exchange.declare', { exchange: a.name('x'), type: 'fanout', autoDelete: true });
      for (const [index, ch] of [here, there, smaller].entries()) {
        await ch.queue(a.name(`q${index}`), { exclusive: true });
        await ch.call('queue.bind', { queue: a.name(`q${index}`), exchange: a.name('x') });
        await ch.consume(a.name(`q${index}`), { noAck: true });
      }
      for (const length of [16_384, 20_000, 131_064, 140_000]) {
        here.publish({ exchange: a.name('x'), body: Buffer.alloc(length, 'abcdefg'), headers: { b: 1, a: 2 } });
        for (const ch of [here, there, smaller]) await ch.take();
      }
    }),
    scenario('a body in small frames and in empty ones', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      const pieces = ['ab', '', 'c', 'defg'].map((text) => frame(frame_types.body, 1, bytes(text)));
      (await a.main()).raw('7 octets in 4 frames', Buffer.concat([frame(frame_types.header, 1, rawHeader([0], bytes(''), 7)), ...pieces]));
      await ch.get(a.name('q'));
    }),
    scenario('a body frame after the body', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: 'abc' });
      (await a.main()).raw('one more body frame', frame(frame_types.body, 1, bytes('d')));
      await ch.take();
    }),
    scenario('a body frame where a header is due', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      (await a.main()).raw('body', frame(frame_types.body, 1, bytes('d')));
      await ch.take();
    }),
    scenario('a method where a header is due', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      await ch.get(a.name('q'));
    }),
    scenario('a method where a body is due', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      (await a.main()).raw('header for 3 octets', frame(frame_types.header, 1, rawHeader([0], bytes(''), 3)));
      await ch.get(a.name('q'));
    }),
    scenario('a header where a body is due', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      const header = frame(frame_types.header, 1, rawHeader([0], bytes(''), 3));
      (await a.main()).raw('two headers', Buffer.concat([header, header]));
      await ch.take();
    }),
    scenario('a header of another class', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      (await a.main()).raw('header of class 50', frame(frame_types.header, 1, rawHeader([0], bytes(''), 3, 50)));
      await ch.take();
    }),
    scenario('a header with a weight', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.publish', { routingKey: a.name('q') });
      (await a.main()).raw('weight 7', frame(frame_types.header, 1, rawHeader([0], bytes(''), 0, 60, 7)));
      await ch.get(a.name('q'));
    }),
    scenario('content on two channels interleaved', async (a) => {
      const ch = await withQueue(a);
      const other = await a.channel();
      const main = await a.main();
      const header = (channel: number): Buffer => frame(frame_types.header, channel, rawHeader([0], bytes(''), 4));
      ch.send('basic.publish', { routingKey: a.name('q') });
      other.send('basic.publish', { routingKey: a.name('q') });
      main.raw('headers and bodies by turns', Buffer.concat([header(1), header(2)]));
      for (const channel of [2, 1, 2]) main.raw(`body on ${channel}`, frame(frame_types.body, channel, bytes(`${channel}${channel}`)));
      await other.sync();
      main.raw('body on 1', frame(frame_types.body, 1, bytes('11')));
      await ch.sync();
      await ch.drain(a.name('q'));
    }),
    scenario('a message that arrives octet by octet', async (a) => {
      const ch = await withQueue(a);
      const main = await a.main();
      ch.send('basic.publish', { routingKey: a.name('q') });
      const message = Buffer.concat([
        frame(frame_types.header, 1, rawHeader([0x8000], bytes('\x04text'), 5)),
        frame(frame_types.body, 1, bytes('slow!')),
      ]);
      for (const octet of message) main.wire.raw(Buffer.from([octet]));
      await ch.get(a.name('q'));
    }),
  ],
};
