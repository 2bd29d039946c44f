import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import type { Arguments } from '../codec/frames.ts';
import { type Area, scenario } from '../scenario.ts';

type Headers = Readonly<Record<string, Plain>>;

/** An exchange and one queue for each weight, bound in this order. */
async function ring(a: Actor, weights: Readonly<Record<string, string>>, args: Headers = {}): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.exchange(a.name('x'), 'x-consistent-hash', { autoDelete: true, arguments: args });
  for (const [queue, weight] of Object.entries(weights)) {
    await ch.queue(a.name(queue), { exclusive: true });
    await ch.bind(a.name(queue), a.name('x'), weight);
  }
  return ch;
}

/** Publishes one message per key and notes which queue got which. */
async function spread(a: Actor, ch: ChannelScript, queues: readonly string[], keys: readonly string[]): Promise<void> {
  for (const key of keys) ch.publish({ exchange: a.name('x'), key, body: key });
  await ch.sync();
  for (const queue of queues) await ch.drain(a.name(queue));
}

const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `key-${index}`);

/** Clients of the plugin may have it choose by any of these. */
const values: readonly Plain[] = [
  'text',
  '',
  0,
  7,
  -7,
  1_000_000_000,
  -1_000_000_000,
  { type: 'l', value: 2n ** 40n },
  { type: 'l', value: -(2n ** 63n) },
  { type: 'b', value: -3 },
  { type: 'B', value: 200 },
  { type: 's', value: -300 },
  { type: 'u', value: 60_000 },
  { type: 'i', value: 4_000_000_000 },
  true,
  false,
  null,
  1.5,
  { type: 'f', value: -0.25 },
  { type: 'D', value: [2, 314] },
  { type: 'T', value: 1_700_000_000n },
  { type: 'x', value: Buffer.from([0, 255, 1]) },
  [],
  [1, 'two', [3]],
  {},
  { inner: { deep: 1 }, other: 'o' },
];

export const consistentHash: Area = {
  name: 'consistent hash',
  scenarios: [
    scenario('each key takes the same queue as with RabbitMQ', async (a) => {
      const ch = await ring(a, { a: '1', b: '2', c: '10', d: '3' });
      const odd = ['', ' ', 'a', 'ä', '日本語', 'x'.repeat(255), 'elevenbytes', 'twelve bytes', 'thirteen byte'];
      await spread(a, ch, ['a', 'b', 'c', 'd'], [...odd, ...keys(80)]);
    }),
    scenario('two queues of the same weight', async (a) => {
      const ch = await ring(a, { a: '1', b: '1' });
      await spread(a, ch, ['a', 'b'], keys(30));
    }),
    scenario('large weights', async (a) => {
      const ch = await ring(a, { a: '2000', b: '1', c: '3000' });
      await spread(a, ch, ['a', 'b', 'c'], keys(40));
    }),
    scenario('the whole key space, one message each', async (a) => {
      const ch = await ring(a, { only: '2' });
      await spread(a, ch, ['only'], keys(5));
    }),
    scenario('queues come and go', async (a) => {
      const ch = await ring(a, { a: '2', b: '3', c: '2' });
      await spread(a, ch, ['a', 'b', 'c'], keys(20));
      await ch.call('queue.unbind', { queue: a.name('b'), exchange: a.name('x'), routingKey: '3' });
      await spread(a, ch, ['a', 'b', 'c'], keys(20));
      await ch.bind(a.name('b'), a.name('x'), '3');
      await spread(a, ch, ['a', 'b', 'c'], keys(20));
      await ch.call('queue.delete', { queue: a.name('a') });
      await spread(a, ch, ['b', 'c'], keys(20));
    }),
    scenario('a queue counts once', async (a) => {
      const ch = await ring(a, { a: '1', b: '1' });
      await ch.bind(a.name('a'), a.name('x'), '5');
      await spread(a, ch, ['a', 'b'], keys(20));
      // Which takes the buckets of the first binding with it.
      await ch.call('queue.unbind', { queue: a.name('a'), exchange: a.name('x'), routingKey: '5' });
      await spread(a, ch, ['a', 'b'], keys(10));
      await ch.call('queue.unbind', { queue: a.name('a'), exchange: a.name('x'), routingKey: '1' });
      await spread(a, ch, ['a', 'b'], keys(10));
    }),
    scenario('weights that are none', async (a) => {
      const ch = await ring(a, { keep: '1' });
      for (const weight of ['heavy', '', '0', '-1', '-0', '1.5', ' 1', '1 ', '1e3', '0x10', '+', 'ä', '10001']) {
        const other = await a.channel();
        await other.bind(a.name('keep'), a.name('x'), weight);
      }
      await ch.queue(a.name('plus'), { exclusive: true });
      await ch.bind(a.name('plus'), a.name('x'), '+2');
      await ch.queue(a.name('zeros'), { exclusive: true });
      await ch.bind(a.name('zeros'), a.name('x'), '003');
      await spread(a, ch, ['keep', 'plus', 'zeros'], keys(20));
    }),
    scenario('arguments', async (a) => {
      const args: Headers[] = [
        { 'hash-header': 'h' },
        { 'hash-header': '' },
        { 'hash-property': 'message_id' },
        { 'hash-property': 'correlation_id' },
        { 'hash-property': 'timestamp' },
        { 'hash-property': 'colour' },
        { 'hash-property': '' },
        { 'hash-header': 'h', 'hash-property': 'message_id' },
        { 'hash-header': 'h', 'hash-property': 'colour' },
      ];
      for (const each of args) {
        const ch = await a.channel();
        await ch.exchange(a.name('x'), 'x-consistent-hash', { arguments: each });
        if (!ch.isClosed) await ch.call('exchange.delete', { exchange: a.name('x') });
      }
    }),
    ...(['hash-header', 'hash-property'] as const).map((argument) =>
      scenario(`${argument} of another type`, async (a) => {
        const ch = await a.channel();
        await ch.exchange(a.name('x'), 'x-consistent-hash', { arguments: { [argument]: 5 } });
      }),
    ),
    scenario('declaring again with other arguments', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'x-consistent-hash', { arguments: { 'hash-header': 'h' } });
      await ch.exchange(a.name('x'), 'x-consistent-hash', { arguments: { 'hash-header': 'other' } });
      await ch.exchange(a.name('x'), 'x-consistent-hash', {});
      await ch.call('exchange.delete', { exchange: a.name('x') });
    }),
    scenario('by a header', async (a) => {
      const queues = { a: '1', b: '1', c: '1', d: '1', e: '1' };
      const ch = await ring(a, queues, { 'hash-header': 'h' });
      values.forEach((h, index) => {
        ch.publish({ exchange: a.name('x'), key: 'same', body: `value ${index}`, headers: { other: 1, h } });
      });
      for (const h of keys(20)) ch.publish({ exchange: a.name('x'), key: 'same', body: h, headers: { h } });
      ch.publish({ exchange: a.name('x'), key: 'same', body: 'without', headers: { other: 'h' } });
      ch.publish({ exchange: a.name('x'), key: 'same', body: 'bare' });
      await ch.sync();
      for (const queue of Object.keys(queues)) await ch.drain(a.name(queue));
    }),
    ...(['correlation_id', 'message_id', 'timestamp'] as const).map((property) =>
      scenario(`by ${property}`, async (a) => {
        const ch = await ring(a, { a: '1', b: '2', c: '2' }, { 'hash-property': property });
        const given = (index: number): Arguments => {
          if (property === 'timestamp') return { timestamp: BigInt(index * 1_000) };
          return property === 'message_id' ? { messageId: `id ${index}` } : { correlationId: `id ${index}` };
        };
        for (let index = 0; index < 25; index++) {
          ch.publish({ exchange: a.name('x'), key: `k${index}`, body: `m${index}`, properties: given(index) });
        }
        ch.publish({ exchange: a.name('x'), key: 'k', body: 'bare' });
        ch.publish({ exchange: a.name('x'), key: 'k', body: 'other', properties: { appId: 'app' } });
        await ch.sync();
        for (const queue of ['a', 'b', 'c']) await ch.drain(a.name(queue));
      }),
    ),
    scenario('CC takes no part', async (a) => {
      const ch = await ring(a, { a: '1', b: '1', c: '1' });
      for (const key of keys(12)) {
        ch.publish({ exchange: a.name('x'), key, body: key, headers: { CC: ['key-1', 'key-2', 'key-3', 'more'], BCC: ['z'] } });
      }
      await ch.sync();
      for (const queue of ['a', 'b', 'c']) await ch.drain(a.name(queue));
    }),
    scenario('nothing bound', async (a) => {
      const ch = await ring(a, {});
      ch.publish({ exchange: a.name('x'), key: 'k', body: 'm', mandatory: true });
      await ch.take(1);
      await ch.call('exchange.delete', { exchange: a.name('x') });
    }),
    scenario('exchanges behind it', async (a) => {
      const ch = await ring(a, { a: '1' });
      for (const name of ['f', 'g']) {
        await ch.exchange(a.name(name), 'fanout', { autoDelete: true });
        await ch.call('exchange.bind', { destination: a.name(name), source: a.name('x'), routingKey: '2' });
        await ch.queue(a.name(`${name}q`), { exclusive: true });
        await ch.bind(a.name(`${name}q`), a.name(name));
      }
      await spread(a, ch, ['a', 'fq', 'gq'], keys(20));
    }),
  ],
};
