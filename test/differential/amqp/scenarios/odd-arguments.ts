import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Field, Plain } from '../codec/fields.ts';
import { fresh } from '../fresh-queue.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';

/*
 * What random arguments of methods showed (`walks-of-arguments.ts`), one cause after the other.
 */

type Args = Readonly<Record<string, Plain>>;

const binary = (text: string): Field => ({ type: 'x', value: Buffer.from(text) });
const long = (value: bigint): Field => ({ type: 'l', value });
const timestamp = (value: bigint): Field => ({ type: 'T', value });
const double = (value: number): Field => ({ type: 'd', value });
const inLatin1 = (text: string): Field => ({ type: 'S', value: Buffer.from(text, 'latin1') });

/** Declares a queue of the first arguments, and then again with each of the others. */
function again(name: string, first: Args, others: readonly Args[], durable = false): Scenario {
  return scenario(name, async (a) => {
    const ch = await a.channel();
    await ch.queue(a.name('q'), { durable, arguments: first });
    for (const other of others) await (await a.channel()).queue(a.name('q'), { durable, arguments: other });
    await ch.call('queue.delete', { queue: a.name('q') });
  });
}

/** Each declaration on a connection of its own, which some of them end. */
async function declareEach(a: Actor, declarations: readonly Args[], durable = false): Promise<void> {
  for (const args of declarations) {
    const ch = await (await a.connect()).channel();
    await ch.queue(a.name('q'), { durable, arguments: args });
    if (!ch.isClosed) await ch.call('queue.delete', { queue: a.name('q') });
  }
}

async function fullStream(a: Actor, filters: readonly (string | undefined)[]): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.queue(a.name('s'), { durable: true, arguments: { 'x-queue-type': 'stream' } });
  await ch.confirmSelect();
  for (const [index, filter] of filters.entries()) {
    // One by one: each is a chunk of its own then.
    ch.publish({ key: a.name('s'), body: `m${index}`, headers: filter === undefined ? {} : { 'x-stream-filter-value': filter } });
    await ch.confirms();
  }
  return ch;
}

/** Reads a stream with each of the arguments, each on a connection of its own, which some of them end. */
function reading(name: string, filters: readonly (string | undefined)[], consumers: readonly (readonly [Args, number])[]): Scenario {
  return scenario(name, async (a) => {
    const keeper = await fullStream(a, filters);
    for (const [args, count] of consumers) {
      const ch = await (await a.connect()).channel();
      await ch.qos(10);
      await ch.consume(a.name('s'), { arguments: args });
      if (ch.isClosed) continue;
      await ch.bodies(count);
      await ch.quiet();
      await ch.call('basic.cancel', { consumerTag: 'c' });
    }
    await keeper.call('queue.delete', { queue: a.name('s') });
  });
}

/** Publishes with these expirations and gets each message again, if there is one. */
async function expirations(a: Actor, values: readonly string[]): Promise<void> {
  const keeper = await a.channel();
  await keeper.queue(a.name('q'), { exclusive: true });
  for (const expiration of values) {
    const ch = await a.channel();
    ch.publish({ key: a.name('q'), body: 'm', properties: { expiration } });
    ch.publish({ exchange: 'amq.direct', key: a.name('nowhere'), mandatory: true, body: 'm', properties: { expiration } });
    await ch.sync();
    ch.takeWaiting();
    await keeper.get(a.name('q'));
  }
}

export const oddArguments: Area = {
  name: 'odd arguments',
  scenarios: [
    again('a number is the same in any type, but for floats', { 'x-message-ttl': 5000 }, [
      { 'x-message-ttl': long(5000n) },
      { 'x-message-ttl': { type: 'L', value: 5000n } },
      { 'x-message-ttl': { type: 'u', value: 5000 } },
      { 'x-message-ttl': timestamp(5000n) },
      { 'x-message-ttl': double(5000) },
      { 'x-message-ttl': { type: 'f', value: 5000.5 } },
      { 'x-message-ttl': { type: 'D', value: [0, 5000] } },
      { 'x-message-ttl': '5000' },
      { 'x-message-ttl': null },
      { 'x-message-ttl': true },
      { 'x-message-ttl': [] },
    ]),
    again('a string is the same as a binary', { 'x-queue-type': 'classic', 'x-dead-letter-exchange': 'dlx', 'x-overflow': 'drop-head' }, [
      { 'x-queue-type': binary('classic'), 'x-dead-letter-exchange': binary('dlx'), 'x-overflow': binary('drop-head') },
      { 'x-queue-type': binary('quorum'), 'x-dead-letter-exchange': 'dlx', 'x-overflow': 'drop-head' },
      { 'x-queue-type': 'classic', 'x-dead-letter-exchange': 'dlx', 'x-overflow': null },
      { 'x-queue-type': null, 'x-dead-letter-exchange': 'dlx', 'x-overflow': 'drop-head' },
      { 'x-queue-type': 'classic', 'x-dead-letter-exchange': 'dlx', 'x-overflow': ['drop-head'] },
    ]),
    again('a void argument where there is none', {}, [
      { 'x-message-ttl': null },
      { 'x-overflow': null },
      { 'x-max-length': [] },
      { 'x-max-length': {} },
      { 'x-max-length': double(0.1) },
    ]),
    again('an exchange argument that is a binary', {}, [{ 'x-dead-letter-exchange': binary('gr\u00fcn') }]),
    again(
      'arguments of a stream are compared in an order of their own',
      { 'x-queue-type': 'stream', 'x-stream-filter-size-bytes': 20, 'x-max-age': '1h' },
      [
        { 'x-queue-type': 'stream', 'x-initial-cluster-size': 3, 'x-queue-leader-locator': 'balanced', 'x-max-age': '1h' },
        { 'x-queue-type': binary('stream'), 'x-max-age': binary('1h'), 'x-stream-filter-size-bytes': timestamp(20n) },
      ],
      true,
    ),
    scenario('floats in texts', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      const values = [0, -0, 1, 100, 1000, 10_000, 1234567, 0.1, 0.001, 0.0001, 0.000123, 1e-7, 123456789.125, 1e22, 2 ** 53, 1e300];
      for (const value of values) {
        await (await a.channel()).queue(a.name('q'), { exclusive: true, arguments: { 'x-max-length': double(value) } });
      }
    }),
    scenario('the first argument that the type does not have, by name where the type was left out', async (a) => {
      const odd = {
        'x-stream-max-segment-size-bytes': 1000,
        'x-max-in-memory-length': 5,
        'x-delivery-limit': 5,
        'x-dead-letter-strategy': 'x',
      };
      await declareEach(a, [odd, { 'x-queue-type': 'classic', ...odd }]);
    }),
    scenario('arguments that are not UTF-8, or not Latin-1', async (a) => {
      await declareEach(a, [
        { 'x-dead-letter-exchange': inLatin1('d\xff'), 'x-dead-letter-routing-key': inLatin1('\xfe') },
        { 'x-queue-type': 'cl\u00e4ssic' },
        { 'x-queue-type': '\u0160' },
        { 'x-overflow': inLatin1('\xff') },
      ]);
    }),
    scenario('ages without a number', async (a) => {
      const declarations = ['h', '', ' 1h', '1h\nand more', '1h\r', '01h', '0h'].map((age) => ({
        'x-queue-type': 'stream',
        'x-max-age': age,
      }));
      await declareEach(a, declarations, true);
    }),
    scenario('sizes of filters', async (a) => {
      const sizes: readonly Plain[] = [
        15,
        16,
        255,
        256,
        -1,
        '20',
        double(20.5),
        double(2),
        { type: 'D', value: [0, 20] },
        null,
        true,
        [20],
      ];
      await declareEach(
        a,
        sizes.map((size) => ({ 'x-queue-type': 'stream', 'x-stream-filter-size-bytes': size })),
        true,
      );
    }),
    reading(
      'offsets of a stream that are none',
      [undefined, undefined],
      [
        [{ 'x-stream-offset': binary('first') }, 2],
        [{ 'x-stream-offset': binary('last') }, 1],
        [{ 'x-stream-offset': binary('1h') }, 0],
        [{ 'x-stream-offset': long(1n) }, 1],
        [{ 'x-stream-offset': timestamp(0n) }, 2],
        [{ 'x-stream-offset': double(0) }, 0],
        [{ 'x-stream-offset': { type: 'D', value: [0, 1] } }, 0],
        [{ 'x-stream-offset': false }, 0],
        [{ 'x-stream-offset': null }, 0],
        [{ 'x-stream-offset': [0] }, 0],
        [{ 'x-stream-offset': {} }, 0],
        [{ 'x-stream-offset': '' }, 0],
        [{ 'x-stream-offset': 'h' }, 0],
        [{ 'x-stream-offset': '5' }, 0],
        [{ 'x-stream-offset': '5\u00e9' }, 0],
        [{ 'x-stream-offset': '5\u00df' }, 0],
        [{ 'x-stream-offset': inLatin1('5\xe9') }, 0],
      ],
    ),
    scenario('other mistakes are found before an offset that is none', async (a) => {
      const keeper = await fullStream(a, []);
      for (const noAck of [false, true]) {
        const ch = await a.channel();
        if (noAck) await ch.qos(10);
        await ch.consume(a.name('s'), { noAck, arguments: { 'x-stream-offset': false } });
      }
      await keeper.call('queue.delete', { queue: a.name('s') });
    }),
    scenario('copies: CC is looked at before BCC', async (a) => {
      for (const headers of [
        { BCC: 'b', CC: 'c' },
        { CC: ['c'], BCC: 5 },
        { BCC: ['b'], CC: null },
      ]) {
        const ch = await a.channel();
        ch.publish({ key: a.name('nowhere'), headers });
        await ch.take();
      }
    }),
    scenario('expirations: receivers get the number', (a) => expirations(a, ['100000', '+100000', '00100000', '-0', '+0', '+-1', '1e5'])),
    scenario('expirations with characters of several octets', (a) => expirations(a, ['5\u00fc', '5\u00df', '\u00fc'])),
    scenario('delivery modes are looked at last', async (a) => {
      for (const [exchange, properties, headers] of [
        ['amq.direct', { deliveryMode: 3, userId: 'other' }, {}],
        ['amq.direct', { deliveryMode: 3, expiration: 'x' }, {}],
        ['amq.direct', { deliveryMode: 3 }, { CC: 5 }],
        [a.name('nope'), { deliveryMode: 3 }, {}],
        ['amq.direct', { deliveryMode: 3 }, {}],
      ] as const) {
        const ch = await a.channel();
        ch.publish({ exchange, key: a.name('nowhere'), body: 'm', properties, headers });
        await ch.sync();
      }
    }),
    scenario('claims of deaths that cannot be read', async (a) => {
      const death = { count: 1, exchange: 'e', queue: 'q', reason: 'rejected', 'routing-keys': ['k'], time: timestamp(1_700_000_000n) };
      for (const claims of [
        {},
        { reason: 5 },
        { reason: 5, time: null },
        { 'original-expiration': 'x' },
        { 'original-expiration': '+5' },
      ]) {
        const ch = await (await a.connect()).channel();
        await ch.queue(a.name('q'), { exclusive: true });
        ch.publish({ key: a.name('q'), body: 'm', headers: { 'x-death': [{ ...death, ...claims }] } });
        await ch.get(a.name('q'));
        if (!ch.isClosed) await ch.call('queue.delete', { queue: a.name('q') });
      }
    }),
    scenario('claims of deaths keep headers in order', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('dead'), { exclusive: true });
      const letters = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('dead') };
      await ch.queue(a.name('q'), { exclusive: true, arguments: letters });
      const death = { count: 1, exchange: 'e', queue: 'q', reason: 'rejected', 'routing-keys': ['k'], time: timestamp(1_700_000_000n) };
      ch.publish({ key: a.name('q'), body: 'm', headers: { z: 1, 'x-other': 2, 'x-death': [death], a: 3 } });
      const event = await ch.get(a.name('q'), false);
      if (event?.body !== undefined) ch.reject(1);
      await ch.until(a.name('dead'), 1);
      await ch.get(a.name('dead'));
    }),
    scenario('arguments of consumers that classic queues once knew', async (a) => {
      const keeper = await a.channel();
      await keeper.queue(a.name('q'), { exclusive: true });
      for (const cancels of [true, 1, 'true', null]) {
        const ch = await a.channel();
        await ch.consume(a.name('q'), { arguments: { 'x-cancel-on-ha-failover': cancels, 'x-priority': 1 } });
      }
    }),
    scenario('wildcards of topics', async (a) => {
      for (const key of ['#.#', '#.a.#', '#.#.#', '#.a.#.b.#.#', '#a.#.##.#']) await (await fresh(a)).bind(a.name('q'), 'amq.topic', key);
    }),
    scenario('types of exchanges that are other words', async (a) => {
      for (const type of ['unknown', 'invalid', 'default', 'queue', 'Direct', 'fan-out', 'zzz']) {
        await (await (await a.connect()).channel()).exchange(a.name('x'), type);
      }
    }),
    scenario('arguments of bindings: longs, and the order of tables', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.exchange(a.name('x'), 'direct', { autoDelete: true });
      const bindings: readonly (readonly [Args, Args])[] = [
        [{ n: long(1n) }, { n: { type: 'L', value: 1n } }],
        [{ n: 1 }, { n: long(1n) }],
        [
          { one: 1, two: 2 },
          { two: 2, one: 1 },
        ],
        [{ t: { one: 1, two: 2 } }, { t: { two: 2, one: 1 } }],
      ];
      for (const [index, [bound, unbound]] of bindings.entries()) {
        const key = `k${index}`;
        await ch.bind(a.name('q'), a.name('x'), key, bound);
        // So that the exchange stays.
        await ch.bind(a.name('q'), a.name('x'), 'other');
        await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('x'), routingKey: key, arguments: unbound });
        ch.publish({ exchange: a.name('x'), key, body: 'm' });
        await ch.drain(a.name('q'));
        await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('x'), routingKey: key, arguments: bound });
      }
    }),
    reading(
      'filters of a stream that ask for nothing',
      ['a', undefined, '', 'b'],
      [
        [{ 'x-stream-offset': 'first', 'x-stream-filter': [] }, 0],
        [{ 'x-stream-offset': 'first', 'x-stream-filter': [5, null] }, 0],
        [{ 'x-stream-offset': 'first', 'x-stream-filter': '' }, 2],
        [{ 'x-stream-offset': 'first', 'x-stream-filter': ['', 'a'] }, 1],
        [{ 'x-stream-offset': 'first', 'x-stream-filter': ['a', ''] }, 3],
        [{ 'x-stream-offset': 'first', 'x-stream-filter': 'a', 'x-stream-match-unfiltered': true }, 3],
        [{ 'x-stream-offset': 'first', 'x-stream-filter': 'a', 'x-stream-match-unfiltered': 'yes' }, 1],
        [{ 'x-stream-offset': 'first', 'x-stream-filter': 5 }, 4],
      ],
    ),
  ],
};
