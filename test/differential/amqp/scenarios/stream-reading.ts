import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { confirming } from '../fresh-queue.ts';
import { remove, stream } from '../replicated-queue.ts';
import { type Area, scenario } from '../scenario.ts';

type Headers = Readonly<Record<string, Plain>>;

/** One after the other, so that each message is a chunk of its own. */
async function fill(a: Actor, ch: ChannelScript, bodies: readonly (string | Uint8Array)[]): Promise<void> {
  for (const body of bodies) {
    ch.publish({ key: a.name('s'), body });
    await ch.settled();
  }
}

async function read(a: Actor, offset: Plain, prefetch = 50): Promise<ChannelScript> {
  const reader = await a.channel();
  await reader.qos(prefetch);
  await reader.consume(a.name('s'), { tag: 'r', arguments: { 'x-stream-offset': offset } });
  return reader;
}

const seconds = (milliseconds: number): bigint => BigInt(Math.floor(milliseconds / 1_000));

export const streamReading: Area = {
  name: 'reading streams',
  scenarios: [
    scenario('from the last chunk', async (a) => {
      const ch = await confirming(stream(a));
      await fill(a, ch, ['m0', 'm1', 'm2']);
      const reader = await read(a, 'last');
      await reader.take(1);
      await fill(a, ch, ['m3']);
      await reader.take(1);
      await remove(a, 's');
    }),
    scenario('from the last chunk of an empty stream', async (a) => {
      const ch = await confirming(stream(a));
      const last = await read(a, 'last');
      const first = await read(a, 'first');
      await last.quiet(20);
      await fill(a, ch, ['m0']);
      await last.take(1);
      await first.take(1);
      await remove(a, 's');
    }),
    scenario('from a time', async (a) => {
      const ch = await confirming(stream(a));
      await fill(a, ch, ['m0', 'm1']);
      // The offset is told in whole seconds.
      await a.settle(2_100 - (Date.now() % 1_000));
      const now = Date.now();
      await fill(a, ch, ['m2', 'm3']);
      const exact = await a.channel();
      await exact.qos(10);
      const at = { type: 'T', value: seconds(now) } as const;
      await exact.consumeAs('consume from then', a.name('s'), { 'x-stream-offset': at });
      await exact.bodies(2);
      await exact.quiet(20);
      const later = await a.channel();
      await later.qos(10);
      const future = { type: 'T', value: seconds(now) + 3_600n } as const;
      await later.consumeAs('consume from later', a.name('s'), { 'x-stream-offset': future });
      await later.quiet(30);
      await fill(a, ch, ['m4']);
      await later.bodies(1);
      const ago = await read(a, '1s');
      await ago.bodies(3);
      await remove(a, 's');
    }),
    scenario('from beyond the end', async (a) => {
      const ch = await confirming(stream(a));
      await fill(a, ch, ['m0', 'm1']);
      const reader = await read(a, 4);
      await fill(a, ch, ['m2', 'm3', 'm4', 'm5']);
      await reader.bodies(2);
      await remove(a, 's');
    }),
    scenario('two readers, each at its own pace', async (a) => {
      const ch = await confirming(stream(a));
      await fill(a, ch, ['m0', 'm1', 'm2', 'm3']);
      const slow = await read(a, 'first', 1);
      const fast = await read(a, 1, 10);
      await slow.bodies(1);
      await fast.bodies(3);
      await fill(a, ch, ['m4']);
      await fast.bodies(1);
      slow.ack(1);
      await slow.bodies(1);
      await slow.quiet(20);
      await slow.call('basic.cancel', { consumerTag: 'r' });
      slow.ack(2);
      await slow.quiet(20);
      await ch.queue(a.name('s'), { passive: true });
      await remove(a, 's');
    }),
    scenario('the same offset again', async (a) => {
      const ch = await confirming(stream(a));
      await fill(a, ch, ['m0', 'm1', 'm2']);
      const reader = await read(a, 1, 1);
      await reader.take(1);
      await reader.close();
      await (await read(a, 1, 1)).take(1);
      await remove(a, 's');
    }),
    scenario('basic.recover', async (a) => {
      const ch = await confirming(stream(a));
      await fill(a, ch, ['m0']);
      const b = await a.connect({ label: 'b' });
      const reader = await b.channel();
      await reader.qos(1);
      await reader.consume(a.name('s'), { tag: 'r', arguments: { 'x-stream-offset': 'first' } });
      await reader.take(1);
      reader.send('basic.recover', { requeue: true });
      await reader.take(1);
      await remove(a, 's');
    }),
    scenario('consumer arguments that streams do not know', async (a) => {
      await confirming(stream(a));
      for (const args of [{ 'x-priority': 5 }, { 'x-cancel-on-ha-failover': true }, { 'x-stream-filter': 'f' }, { 'x-other': 1 }]) {
        const reader = await a.channel();
        await reader.qos(5);
        await reader.consume(a.name('s'), { arguments: args });
      }
      await remove(a, 's');
    }),
    scenario('consumer arguments of streams on other queues', async (a) => {
      const quorum = a.name('quorum');
      await (await a.channel()).queue(quorum, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await (await a.channel()).queue(a.name('classic'), { exclusive: true });
      for (const queue of [a.name('classic'), quorum]) {
        for (const args of [{ 'x-stream-offset': 'first' }, { 'x-stream-filter': 'f' }, { 'x-stream-match-unfiltered': true }]) {
          await (await a.channel()).consume(queue, { arguments: args });
        }
      }
      await (await a.channel()).call('queue.delete', { queue: quorum });
    }),
    scenario('deleting with flags', async (a) => {
      const ch = await confirming(stream(a));
      await fill(a, ch, ['m0']);
      await read(a, 'next');
      await ch.call('queue.delete', { queue: a.name('s'), ifUnused: true });
      await confirming(stream(a));
      await fill(a, ch, ['m1']);
      await ch.call('queue.delete', { queue: a.name('s'), ifEmpty: true });
    }),
    scenario('declaring again with other arguments', async (a) => {
      await confirming(stream(a, { 'x-max-age': '1h', 'x-stream-max-segment-size-bytes': 1_000_000 }));
      const declare = async (args: Headers): Promise<void> => {
        const ch = await a.channel();
        await ch.queue(a.name('s'), { durable: true, arguments: { 'x-queue-type': 'stream', ...args } });
      };
      await declare({ 'x-max-age': '1h', 'x-stream-max-segment-size-bytes': 1_000_000 });
      await declare({ 'x-max-age': '2h', 'x-stream-max-segment-size-bytes': 1_000_000 });
      await declare({ 'x-max-age': '1h' });
      await declare({ 'x-max-age': '1h', 'x-stream-max-segment-size-bytes': 1_000_000, 'x-max-length-bytes': 1 });
      await remove(a, 's');
    }),
    scenario('segments that are too large', async (a) => {
      for (const size of [3_000_000_000, 3_000_000_001]) {
        const ch = await a.channel();
        const args = { 'x-queue-type': 'stream', 'x-stream-max-segment-size-bytes': size };
        await ch.queue(a.name('s'), { durable: true, arguments: args });
        if (!ch.isClosed) await remove(a, 's');
      }
    }),
    scenario('transactions', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('s'), { durable: true, arguments: { 'x-queue-type': 'stream' } });
      await ch.call('tx.select');
      ch.publish({ key: a.name('s'), body: 'rolled back' });
      await ch.call('tx.rollback');
      ch.publish({ key: a.name('s'), body: 'm0' });
      await ch.call('tx.commit');
      const reader = await read(a, 'first', 1);
      await reader.bodies(1);
      await reader.quiet(20);
      await remove(a, 's');
    }),
    scenario('dead letters end in a stream', async (a) => {
      const ch = await confirming(stream(a));
      const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('s') };
      await ch.queue(a.name('q'), { exclusive: true, arguments: args });
      ch.publish({ key: a.name('q'), body: 'm0' });
      await ch.settled();
      await ch.get(a.name('q'), false);
      ch.nack(1);
      const reader = await read(a, 'first', 1);
      await reader.bodies(1);
      await remove(a, 's');
    }),
    scenario('mandatory, and a fanout', async (a) => {
      const ch = await confirming(stream(a));
      await ch.bind(a.name('s'), 'amq.fanout');
      ch.publish({ exchange: 'amq.fanout', body: 'm0', mandatory: true });
      await ch.settled();
      await (await read(a, 'first', 1)).bodies(1);
      await remove(a, 's');
    }),
    scenario('messages of a stream that is gone are settled', async (a) => {
      const ch = await confirming(stream(a));
      await fill(a, ch, ['m0']);
      const readers: ChannelScript[] = [];
      for (let each = 0; each < 4; each++) readers.push(await read(a, 'first', 1));
      for (const reader of readers) await reader.bodies(1);
      await remove(a, 's');
      for (const reader of readers) await reader.take(1);
      const [first, second, third, fourth] = readers;
      first?.ack(1);
      second?.reject(1, true);
      third?.nack(1);
      await fourth?.call('basic.recover', { requeue: true });
      for (const reader of readers) await reader.sync();
    }),
    scenario('old segments go by size', async (a) => {
      const ch = await confirming(stream(a, { 'x-stream-max-segment-size-bytes': 10_000, 'x-max-length-bytes': 20_000 }));
      await fill(
        a,
        ch,
        Array.from({ length: 80 }, () => new Uint8Array(1_000).fill(120)),
      );
      await a.settle(300);
      a.note(await oldest(a, 60, 75));
      await remove(a, 's');
    }),
    scenario('old segments go by age', async (a) => {
      const ch = await confirming(stream(a, { 'x-stream-max-segment-size-bytes': 10_000, 'x-max-age': '1s' }));
      const some = Array.from({ length: 25 }, () => new Uint8Array(1_000).fill(120));
      await fill(a, ch, some);
      a.note(await oldest(a, 0, 0));
      await a.settle(2_200);
      await fill(a, ch, some);
      await a.settle(300);
      a.note(await oldest(a, 9, 25));
      await remove(a, 's');
    }),
  ],
};

/** Where exactly a segment ends depends on how a server stores messages. */
async function oldest(a: Actor, least: number, most: number): Promise<string> {
  const reader = await a.channel();
  const offset = await reader.firstOffset(a.name('s'));
  return offset >= least && offset <= most ? `the oldest is one from ${least} to ${most}` : `the oldest is ${offset}`;
}
