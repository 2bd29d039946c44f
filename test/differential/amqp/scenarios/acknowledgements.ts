import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import { type Area, scenario } from '../scenario.ts';

/** A channel that got `count` messages m1… of its queue and has acknowledged none. */
async function holding(a: Actor, count: number): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.queue(a.name('q'), { exclusive: true });
  for (let index = 1; index <= count; index++) ch.publish({ key: a.name('q'), body: `m${index}` });
  for (let index = 1; index <= count; index++) await ch.get(a.name('q'), false);
  return ch;
}

export const acknowledgements: Area = {
  name: 'acknowledgements',
  scenarios: [
    scenario('ack one, ack several', async (a) => {
      const ch = await holding(a, 5);
      ch.ack(2);
      ch.ack(4, true);
      await ch.sync();
      await ch.close();
      await ch.reopen();
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
    }),
    scenario('ack 0 with multiple is all', async (a) => {
      const ch = await holding(a, 3);
      ch.ack(0, true);
      ch.ack(0, true);
      await ch.sync();
      await ch.close();
      await ch.reopen();
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('unknown delivery tags', async (a) => {
      const steps: ((ch: ChannelScript) => void)[] = [
        (ch) => ch.ack(99),
        (ch) => ch.ack(99, true),
        (ch) => ch.ack(0),
        (ch) => ch.nack(99),
        (ch) => ch.nack(99, { multiple: true }),
        (ch) => ch.nack(0),
        (ch) => ch.reject(99),
        (ch) => ch.reject(0),
        (ch) => ch.ack(0, true),
        (ch) => ch.nack(0, { multiple: true }),
      ];
      for (const step of steps) {
        const ch = await a.channel();
        step(ch);
        await ch.sync();
      }
    }),
    scenario('ack twice', async (a) => {
      const ch = await holding(a, 2);
      ch.ack(1);
      ch.ack(1);
      await ch.take();
    }),
    scenario('ack several up to one that was acknowledged', async (a) => {
      const ch = await holding(a, 3);
      ch.ack(2);
      ch.ack(2, true);
      await ch.take();
    }),
    scenario('ack several up to one not delivered yet', async (a) => {
      const ch = await holding(a, 2);
      ch.ack(3, true);
      await ch.take();
      await ch.reopen();
      await ch.until(a.name('q'), 2);
      await ch.drain(a.name('q'));
    }),
    scenario('ack on another channel', async (a) => {
      await holding(a, 1);
      const other = await a.channel();
      other.ack(1);
      await other.take();
    }),
    scenario('a huge delivery tag', async (a) => {
      const ch = await holding(a, 1);
      ch.send('basic.ack', { deliveryTag: 2n ** 40n });
      await ch.take();
    }),
    scenario('nack requeues at the old place', async (a) => {
      const ch = await holding(a, 3);
      ch.publish({ key: a.name('q'), body: 'm4' });
      ch.nack(2, { requeue: true });
      await ch.until(a.name('q'), 2);
      ch.nack(1, { requeue: true });
      await ch.until(a.name('q'), 3);
      await ch.drain(a.name('q'));
    }),
    scenario('nack without requeue drops', async (a) => {
      const ch = await holding(a, 3);
      ch.nack(1);
      ch.nack(3, { multiple: true });
      await ch.sync();
      await ch.close();
      await ch.reopen();
      await ch.drain(a.name('q'));
    }),
    scenario('nack several with requeue keeps the order', async (a) => {
      const ch = await holding(a, 4);
      ch.nack(3, { multiple: true, requeue: true });
      await ch.until(a.name('q'), 3);
      await ch.drain(a.name('q'));
    }),
    scenario('reject requeues to the same consumer', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.consume(a.name('q'));
      ch.publish({ key: a.name('q'), body: 'm1' });
      await ch.take();
      ch.reject(1, true);
      await ch.take();
      ch.reject(2);
      await ch.quiet(30);
    }),
    scenario('requeued messages go to another consumer', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.qos(1);
      await ch.consume(a.name('q'), { tag: 'one' });
      const other = await a.channel();
      ch.publish({ key: a.name('q'), body: 'm1' });
      await ch.take();
      ch.publish({ key: a.name('q'), body: 'm2' });
      await ch.sync();
      await other.consume(a.name('q'), { tag: 'two' });
      await other.take();
      await ch.close();
      await other.take();
    }),
    scenario('recover with requeue', async (a) => {
      const ch = await holding(a, 3);
      await ch.call('basic.recover', { requeue: true });
      await ch.until(a.name('q'), 3);
      await ch.drain(a.name('q'));
    }),
    scenario('recover redelivers to the consumer', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.consume(a.name('q'));
      for (const body of ['m1', 'm2', 'm3']) ch.publish({ key: a.name('q'), body });
      await ch.take(3);
      ch.ack(2);
      await ch.call('basic.recover', { requeue: true });
      await ch.take(2);
    }),
    scenario('recover with nothing to recover', async (a) => {
      const ch = await a.channel();
      await ch.call('basic.recover', { requeue: true });
    }),
    scenario('recover without requeue is not implemented', async (a) => {
      const ch = await a.channel();
      await ch.call('basic.recover', { requeue: false });
      await (await a.main()).take(2);
    }),
    scenario('recover-async', async (a) => {
      const ch = await holding(a, 2);
      ch.send('basic.recover-async', { requeue: true });
      await ch.until(a.name('q'), 2);
      await ch.quiet(20);
      await ch.drain(a.name('q'));
    }),
    scenario('recover-async without requeue', async (a) => {
      const ch = await a.channel();
      ch.send('basic.recover-async', { requeue: false });
      await ch.take();
    }),
    scenario('acks after the queue is gone', async (a) => {
      const ch = await holding(a, 2);
      await ch.call('queue.delete', { queue: a.name('q') });
      ch.nack(1, { requeue: true });
      ch.ack(2);
      await ch.sync();
      ch.ack(2);
      await ch.take();
    }),
    scenario('acks after cancel', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'm1' });
      await ch.consume(a.name('q'));
      await ch.take();
      await ch.call('basic.cancel', { consumerTag: 'c' });
      ch.nack(1, { requeue: true });
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
    }),
    scenario('redelivered stays after a requeue and a get', async (a) => {
      const ch = await holding(a, 1);
      ch.nack(1, { requeue: true });
      await ch.until(a.name('q'), 1);
      const other = await a.channel();
      await other.get(a.name('q'), false);
      other.nack(1, { requeue: true });
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
    }),
  ],
};
