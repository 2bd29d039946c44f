import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import { type Area, scenario } from '../scenario.ts';

/** The first consumer settles its message in the transaction that publishes another, with a second consumer waiting. */
async function settleBesidePublish(a: Actor, settle: (ch: ChannelScript) => void): Promise<void> {
  const ch = await a.channel();
  await ch.queue(a.name('q'), { exclusive: true });
  await ch.call('tx.select');
  await ch.qos(1);
  await ch.consume(a.name('q'), { tag: 'first' });
  ch.publish({ key: a.name('q'), body: '1' });
  await ch.call('tx.commit');
  await ch.take(1);
  await ch.consume(a.name('q'), { tag: 'second' });
  ch.publish({ key: a.name('q'), body: '2' });
  settle(ch);
  await ch.call('tx.commit');
  await ch.take(1);
}

/** Orders within a commit, or a recovery, that random walks found. */
export const transactions: Area = {
  name: 'transactions',
  scenarios: [
    scenario('acknowledgements overtake what is published', (a) => settleBesidePublish(a, (ch) => ch.ack(1))),
    scenario('rejections do not', (a) => settleBesidePublish(a, (ch) => ch.reject(1, false))),
    scenario('an acknowledgement makes room for what waited already', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      for (const body of ['1', '2']) ch.publish({ key: a.name('q'), body });
      await ch.call('tx.select');
      await ch.qos(1);
      await ch.consume(a.name('q'), { tag: 'c' });
      await ch.take(1);
      ch.publish({ key: a.name('q'), body: '3', properties: { priority: 5 } });
      ch.ack(1);
      await ch.call('tx.commit');
      await ch.take(1);
    }),
    scenario('letters of a rejection come before letters of those letters', async (a) => {
      const ch = await a.channel();
      const to = (queue: string): Record<string, string> => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name(queue) });
      await ch.queue(a.name('a'), { exclusive: true, arguments: to('b') });
      await ch.queue(a.name('b'), { exclusive: true, arguments: { 'x-max-length': 2, ...to('c') } });
      await ch.queue(a.name('c'), { exclusive: true });
      for (const [queue, body] of [
        ['a', 'a1'],
        ['b', 'b1'],
        ['b', 'b2'],
        ['b', 'b3'],
      ] as const) {
        ch.publish({ key: a.name(queue), body });
        if (body === 'b1') await ch.get(a.name('b'), false);
      }
      await ch.get(a.name('a'), false);
      await ch.call('tx.select');
      ch.publish({ key: a.name('c'), body: 'c1' });
      ch.nack(2, { multiple: true });
      await ch.call('tx.commit');
      await ch.until(a.name('c'), 3);
      for (const queue of ['a', 'b', 'c']) await ch.drain(a.name(queue));
    }),
    scenario('each queue gets its own back before letters of another', async (a) => {
      const ch = await a.channel();
      const args = { 'x-max-length': 1, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('c') };
      await ch.queue(a.name('b'), { exclusive: true, arguments: args });
      await ch.queue(a.name('c'), { exclusive: true });
      ch.publish({ key: a.name('b'), body: 'b1' });
      await ch.get(a.name('b'), false);
      ch.publish({ key: a.name('b'), body: 'b2' });
      await ch.consume(a.name('c'), { tag: 'c' });
      ch.publish({ key: a.name('c'), body: 'c1' });
      await ch.take(1);
      await ch.call('basic.recover', { requeue: true });
      await ch.take(2);
      await ch.drain(a.name('b'));
    }),
  ],
};
