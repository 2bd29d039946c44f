import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { remove, stream } from '../replicated-queue.ts';
import { type Area, scenario } from '../scenario.ts';

type Headers = Readonly<Record<string, Plain>>;

async function fill(a: Actor, ch: ChannelScript, count: number): Promise<void> {
  await ch.confirmSelect();
  for (let index = 0; index < count; index++) ch.publish({ key: a.name('s'), body: `m${index}` });
  await ch.confirms();
}

async function readAll(a: Actor, count: number): Promise<void> {
  const reader = await a.channel();
  await reader.qos(50);
  await reader.consume(a.name('s'), { arguments: { 'x-stream-offset': 'first' } });
  await reader.take(count);
}

export const streams: Area = {
  name: 'streams',
  scenarios: [
    scenario('what they refuse in declarations', async (a) => {
      const type = { 'x-queue-type': 'stream' };
      await (await a.channel()).queue(a.name('r'), { arguments: type });
      await (await a.channel()).queue(a.name('r'), { durable: true, exclusive: true, arguments: type });
      await (await a.channel()).queue(a.name('r'), { durable: true, autoDelete: true, arguments: type });
      await (await a.channel()).queue('', { durable: true, arguments: type });
    }),
    scenario('arguments they take and refuse', async (a) => {
      const each: Headers[] = [
        { 'x-max-priority': 5 },
        { 'x-message-ttl': 5000 },
        { 'x-expires': 60_000 },
        { 'x-max-length': 5 },
        { 'x-max-length-bytes': 500_000 },
        { 'x-overflow': 'drop-head' },
        { 'x-dead-letter-exchange': 'x' },
        { 'x-single-active-consumer': true },
        { 'x-max-age': '1D' },
        { 'x-max-age': '5x' },
        { 'x-max-age': 5 },
        { 'x-max-age': '10' },
        { 'x-stream-max-segment-size-bytes': 1_000_000 },
        { 'x-stream-max-segment-size-bytes': -1 },
        { 'x-initial-cluster-size': 1 },
        { 'x-queue-leader-locator': 'client-local' },
        { 'x-queue-leader-locator': 'nowhere' },
        { 'x-delivery-limit': 5 },
      ];
      for (const args of each) {
        const ch = await a.channel();
        await ch.queue(a.name('s'), { durable: true, arguments: { 'x-queue-type': 'stream', ...args } });
        if (!ch.isClosed) await ch.call('queue.delete', { queue: a.name('s') });
      }
    }),
    scenario('consuming without a prefetch', async (a) => {
      const ch = await stream(a);
      await ch.consume(a.name('s'));
      await remove(a, 's');
    }),
    scenario('consuming with automatic acknowledgement', async (a) => {
      const ch = await stream(a);
      await ch.qos(5);
      await ch.consume(a.name('s'), { noAck: true });
      await (await a.connect({ label: 'b' })).channel();
    }),
    scenario('get is not supported', async (a) => {
      const ch = await stream(a);
      await ch.get(a.name('s'));
    }),
    scenario('purge is not supported', async (a) => {
      const ch = await stream(a);
      await ch.call('queue.purge', { queue: a.name('s') });
    }),
    scenario('global prefetch', async (a) => {
      const ch = await stream(a);
      await ch.qos(5, true);
      await ch.consume(a.name('s'));
      await remove(a, 's');
    }),
    scenario('offsets', async (a) => {
      const ch = await stream(a);
      await fill(a, ch, 5);
      const offsets: (readonly [string, Plain, number])[] = [
        ['first', 'first', 5],
        ['zero', 0, 5],
        ['three', 3, 2],
        ['long', { type: 'l', value: 4n }, 1],
        ['next', 'next', 0],
        ['ago', '1h', 5],
        ['time', { type: 'T', value: 1n }, 5],
        ['beyond', 100, 0],
      ];
      for (const [tag, offset, count] of offsets) {
        const reader = await a.channel();
        await reader.qos(50);
        await reader.consume(a.name('s'), { tag, arguments: { 'x-stream-offset': offset } });
        await reader.take(count);
        await reader.quiet(20);
        await reader.close();
      }
      await remove(a, 's');
    }),
    scenario('the default offset is next', async (a) => {
      const ch = await stream(a);
      await fill(a, ch, 2);
      const reader = await a.channel();
      await reader.qos(10);
      await reader.consume(a.name('s'));
      await reader.quiet(40);
      ch.publish({ key: a.name('s'), body: 'new' });
      await ch.confirms();
      await reader.take();
      await remove(a, 's');
    }),
    scenario('offsets that are none', async (a) => {
      await stream(a);
      // Other types, and words that are no interval, crash RabbitMQ's channel (541).
      for (const offset of ['5x', -1] as const) {
        const reader = await a.channel();
        await reader.qos(10);
        await reader.consume(a.name('s'), { arguments: { 'x-stream-offset': offset } });
      }
      await remove(a, 's');
    }),
    scenario('credits: as many as the prefetch, then one for each acknowledgement', async (a) => {
      const ch = await stream(a);
      await fill(a, ch, 5);
      const reader = await a.channel();
      await reader.qos(2);
      await reader.consume(a.name('s'), { arguments: { 'x-stream-offset': 'first' } });
      await reader.bodies(2);
      reader.ack(1);
      await reader.bodies(1);
      reader.ack(3, true);
      await reader.bodies(2);
      await remove(a, 's');
    }),
    scenario('messages stay for the next consumer', async (a) => {
      const ch = await stream(a);
      await fill(a, ch, 2);
      for (let round = 0; round < 2; round++) {
        const reader = await a.channel();
        await reader.qos(10);
        await reader.consume(a.name('s'), { arguments: { 'x-stream-offset': 'first' } });
        await reader.bodies(2);
        reader.ack(2, true);
        await reader.close();
      }
      await ch.queue(a.name('s'), { passive: true });
      await remove(a, 's');
    }),
    scenario('properties survive', async (a) => {
      const ch = await stream(a);
      await ch.confirmSelect();
      ch.publish({
        key: a.name('s'),
        body: 'm',
        headers: { n: 1, s: 'text', t: true },
        properties: {
          messageId: 'id',
          contentType: 'text/plain',
          timestamp: 5n,
          priority: 3,
          deliveryMode: 2,
          userId: 'guest',
          type: 't',
          appId: 'app',
          correlationId: 'c',
          replyTo: 'r',
          expiration: '60000',
        },
      });
      await ch.confirms();
      const reader = await a.channel();
      await reader.qos(1);
      await reader.consume(a.name('s'), { arguments: { 'x-stream-offset': 'first' } });
      await reader.take();
      await remove(a, 's');
    }),
    scenario('what a stream keeps of properties', async (a) => {
      const ch = await stream(a);
      await ch.confirmSelect();
      const uuid = 'urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6';
      const each = [
        { correlationId: uuid, messageId: uuid },
        { correlationId: 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6', messageId: 'urn:uuid:f81d4fae' },
        { expiration: '0060000', deliveryMode: 1 },
        { clusterId: 'cluster', contentEncoding: 'gzip', priority: 0 },
        { appId: '', type: '', replyTo: '' },
      ];
      for (const properties of each) ch.publish({ key: a.name('s'), body: 'm', properties });
      await ch.confirms();
      await readAll(a, each.length);
      await remove(a, 's');
    }),
    scenario('what a stream keeps of headers', async (a) => {
      const ch = await stream(a);
      await ch.confirmSelect();
      const each: readonly Headers[] = [
        { b: { type: 'b', value: -1 }, B: { type: 'B', value: 1 }, s: { type: 's', value: -1 }, u: { type: 'u', value: 1 } },
        { i: { type: 'i', value: 1 }, l: { type: 'l', value: -1n }, f: { type: 'f', value: 1.5 }, d: { type: 'd', value: -0.5 } },
        { t: true, T: { type: 'T', value: 5n }, V: null, empty: '', zero: '\0', long: 'x'.repeat(5000) },
        { x: { type: 'x', value: Buffer.from('ab') }, S: { type: 'S', value: Buffer.from([0xff]) } },
        { 'x-list': [1, 'x', { type: 'x', value: Buffer.from('c') }], 'x-table': { z: 1, a: [true] }, 'x-empty': {} },
        { list: [1], table: { z: 1 } },
        { 'x-stream-offset': 77, 'x-exchange': 'e', 'x-routing-key': 'r', 'x-basic-type': 't', 'x-other': 'o' },
        { 'x-death': [{ count: 1 }], 'x-first-death-queue': 'q', CC: ['nowhere'], BCC: ['hidden'] },
        {},
      ];
      for (const headers of each) ch.publish({ key: a.name('s'), body: 'm', headers });
      await ch.confirms();
      await readAll(a, each.length);
      await remove(a, 's');
    }),
    scenario('nack is not supported', async (a) => {
      const ch = await stream(a);
      await fill(a, ch, 1);
      const reader = await a.channel();
      await reader.qos(1);
      await reader.consume(a.name('s'), { arguments: { 'x-stream-offset': 'first' } });
      await reader.bodies(1);
      reader.nack(1, { requeue: true });
      await reader.take();
    }),
    scenario('reject is not supported', async (a) => {
      const ch = await stream(a);
      await fill(a, ch, 1);
      const reader = await a.channel();
      await reader.qos(1);
      await reader.consume(a.name('s'), { arguments: { 'x-stream-offset': 'first' } });
      await reader.bodies(1);
      reader.reject(1);
      await reader.take();
    }),
    scenario('exclusive consumers', async (a) => {
      await stream(a);
      const reader = await a.channel();
      await reader.qos(1);
      await reader.consume(a.name('s'), { exclusive: true });
      await remove(a, 's');
    }),
    scenario('cancel notification', async (a) => {
      await stream(a);
      const reader = await a.channel();
      await reader.qos(1);
      await reader.consume(a.name('s'));
      await remove(a, 's');
      await reader.take();
    }),
  ],
};
