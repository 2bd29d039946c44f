import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { publish } from '../fresh-queue.ts';
import { type Area, scenario } from '../scenario.ts';

async function withQueue(a: Actor, args: Readonly<Record<string, Plain>> = {}): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.queue(a.name('q'), { exclusive: true, arguments: args });
  return ch;
}

/** Publishes and lets each message reach its consumer before the next. */
async function oneByOne(a: Actor, ch: ChannelScript, ...bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    ch.publish({ key: a.name('q'), body });
    await ch.take();
  }
}

export const consumers: Area = {
  name: 'consumers',
  scenarios: [
    scenario('consume and cancel', async (a) => {
      const ch = await withQueue(a);
      publish(a, ch, '1', '2');
      await ch.consume(a.name('q'));
      await ch.take(2);
      publish(a, ch, '3');
      await ch.take();
      await ch.call('basic.cancel', { consumerTag: 'c' });
      publish(a, ch, '4');
      await ch.quiet(30);
      await ch.queue(a.name('q'), { passive: true });
      ch.ack(3, true);
      await ch.get(a.name('q'));
    }),
    scenario('server-named consumer tags', async (a) => {
      const ch = await withQueue(a);
      await ch.consume(a.name('q'), { tag: '' });
      await ch.consume(a.name('q'), { tag: '' });
      publish(a, ch, '1', '2');
      await ch.take(2);
    }),
    scenario('consume without waiting for consume-ok', async (a) => {
      const ch = await withQueue(a);
      ch.send('basic.consume', { queue: a.name('q'), consumerTag: 'quick', nowait: true });
      publish(a, ch, '1');
      await ch.take();
      ch.send('basic.cancel', { consumerTag: 'quick', nowait: true });
      await ch.quiet(30);
      await ch.queue(a.name('q'), { passive: true });
      ch.send('basic.consume', { queue: a.name('nope'), consumerTag: 'quick', nowait: true });
      await ch.take();
    }),
    scenario('the same tag twice on one channel', async (a) => {
      const ch = await withQueue(a);
      await ch.consume(a.name('q'));
      await ch.consume(a.name('q'));
      await (await a.main()).take(2);
    }),
    scenario('the same tag on two channels', async (a) => {
      const ch = await withQueue(a);
      const other = await a.channel();
      await ch.consume(a.name('q'));
      await other.consume(a.name('q'));
    }),
    scenario('a cancelled tag can be used again', async (a) => {
      const ch = await withQueue(a);
      await ch.consume(a.name('q'));
      await ch.call('basic.cancel', { consumerTag: 'c' });
      await ch.consume(a.name('q'));
    }),
    scenario('cancelling what is not there', async (a) => {
      const ch = await withQueue(a);
      await ch.call('basic.cancel', { consumerTag: 'nobody' });
      await ch.call('basic.cancel', { consumerTag: '' });
    }),
    scenario('two consumers take turns', async (a) => {
      const ch = await withQueue(a);
      await ch.consume(a.name('q'), { tag: 'one' });
      await ch.consume(a.name('q'), { tag: 'two' });
      await oneByOne(a, ch, '1', '2', '3', '4');
      await ch.call('basic.cancel', { consumerTag: 'one' });
      await oneByOne(a, ch, '5', '6');
    }),
    scenario('exclusive consumer', async (a) => {
      const ch = await withQueue(a);
      await ch.consume(a.name('q'), { exclusive: true });
      await (await a.channel()).consume(a.name('q'), { tag: 'd' });
      await (await a.channel()).consume(a.name('q'), { tag: 'd', exclusive: true });
      await ch.get(a.name('q'));
      await ch.call('basic.cancel', { consumerTag: 'c' });
      const second = await a.channel();
      await second.consume(a.name('q'), { tag: 'd' });
      await (await a.channel()).consume(a.name('q'), { tag: 'e', exclusive: true });
    }),
    scenario('consumer priority', async (a) => {
      const ch = await withQueue(a);
      await ch.qos(1);
      await ch.consume(a.name('q'), { tag: 'low', arguments: { 'x-priority': -1 } });
      await ch.consume(a.name('q'), { tag: 'none' });
      await ch.consume(a.name('q'), { tag: 'high', arguments: { 'x-priority': 10 } });
      await oneByOne(a, ch, '1', '2', '3');
      publish(a, ch, '4');
      await ch.quiet(30);
      ch.ack(1);
      await ch.take();
    }),
    scenario('consumer arguments of wrong types', async (a) => {
      await withQueue(a);
      for (const priority of ['high', 1.5, true, { type: 'l', value: 5n }] as const) {
        const ch = await a.channel();
        await ch.consume(a.name('q'), { tag: `t${typeof priority}`, arguments: { 'x-priority': priority } });
      }
      await (await a.channel()).consume(a.name('q'), { tag: 'x', arguments: { 'x-unknown': 1, 'x-cancel-on-ha-failover': true } });
    }),
    scenario('single active consumer', async (a) => {
      const ch = await withQueue(a, { 'x-single-active-consumer': true });
      await ch.consume(a.name('q'), { tag: 'one' });
      await ch.consume(a.name('q'), { tag: 'two' });
      await oneByOne(a, ch, '1', '2');
      await ch.queue(a.name('q'), { passive: true });
      await ch.call('basic.cancel', { consumerTag: 'one' });
      await oneByOne(a, ch, '3');
      await ch.get(a.name('q'));
      await (await a.channel()).consume(a.name('q'), { tag: 'x', exclusive: true });
    }),
    scenario('single active consumer: unacknowledged messages stay with the one that was active', async (a) => {
      const ch = await withQueue(a, { 'x-single-active-consumer': true });
      const other = await a.channel();
      await ch.consume(a.name('q'), { tag: 'one' });
      await other.consume(a.name('q'), { tag: 'two' });
      await oneByOne(a, ch, '1');
      await ch.call('basic.cancel', { consumerTag: 'one' });
      ch.publish({ key: a.name('q'), body: '2' });
      await other.take();
      ch.nack(1, { requeue: true });
      await other.take();
    }),
    scenario('single active consumer: with its channel', async (a) => {
      const ch = await withQueue(a, { 'x-single-active-consumer': true });
      const other = await a.channel();
      await ch.consume(a.name('q'), { tag: 'one' });
      await other.consume(a.name('q'), { tag: 'two' });
      await oneByOne(a, ch, '1', '2');
      await ch.close();
      await other.take(2);
    }),
    scenario('cancel notification when the queue is deleted', async (a) => {
      const ch = await withQueue(a);
      const other = await a.channel();
      await ch.consume(a.name('q'), { tag: 'one' });
      await oneByOne(a, ch, '1');
      await other.call('queue.delete', { queue: a.name('q') });
      await ch.take();
      ch.ack(1);
      await ch.sync();
      await ch.call('basic.cancel', { consumerTag: 'one' });
    }),
    ...['classic', 'quorum', 'stream'].map((type) =>
      scenario(`cancel notifications of a ${type} queue come after the answer to who deletes it`, async (a) => {
        const ch = await a.channel();
        await ch.queue(a.name('q'), { durable: true, arguments: { 'x-queue-type': type } });
        await ch.qos(10);
        for (const tag of ['one', 'two']) await ch.consume(a.name('q'), { tag });
        ch.send('queue.delete', { queue: a.name('q') });
        await ch.take(3);
        await ch.sync();
      }),
    ),
    scenario('no cancel notification for clients that do not know it', async (a) => {
      const b = await a.connect({ label: 'b', clientProperties: {} });
      const ch = await b.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.consume(a.name('q'));
      const other = await b.channel();
      await other.call('queue.delete', { queue: a.name('q') });
      await ch.quiet(40);
    }),
    scenario('prefetch per consumer', async (a) => {
      const ch = await withQueue(a);
      await ch.qos(2);
      publish(a, ch, '1', '2', '3', '4', '5', '6');
      await ch.sync();
      await ch.consume(a.name('q'), { tag: 'one' });
      await ch.bodies(2);
      await ch.consume(a.name('q'), { tag: 'two' });
      await ch.bodies(2);
      await ch.quiet(30);
      ch.ack(1);
      await ch.take();
      ch.ack(5, true);
      await ch.take();
    }),
    scenario('prefetch of a consumer stays as it was at consume', async (a) => {
      const ch = await withQueue(a);
      await ch.qos(1);
      await ch.consume(a.name('q'), { tag: 'one' });
      await ch.qos(3);
      publish(a, ch, '1', '2', '3');
      await ch.bodies(1);
      await ch.quiet(30);
    }),
    scenario('prefetch of the whole channel', async (a) => {
      const ch = await withQueue(a);
      await ch.qos(3, true);
      await ch.consume(a.name('q'), { tag: 'one' });
      publish(a, ch, '1', '2', '3', '4', '5');
      await ch.bodies(3);
      await ch.consume(a.name('q'), { tag: 'two' });
      await ch.quiet(30);
      ch.ack(2, true);
      await ch.bodies(2);
      await ch.qos(0, true);
      publish(a, ch, '6');
      await ch.bodies(1);
    }),
    scenario('prefetch of consumer and channel together', async (a) => {
      const ch = await withQueue(a);
      await ch.qos(2, false);
      await ch.qos(3, true);
      await ch.consume(a.name('q'), { tag: 'one' });
      publish(a, ch, '1', '2', '3', '4', '5');
      await ch.bodies(2);
      await ch.quiet(30);
      await ch.consume(a.name('q'), { tag: 'two' });
      await ch.bodies(1);
      await ch.quiet(30);
      ch.ack(3, true);
      await ch.takeSorted(2);
    }),
    scenario('a prefetch per consumer lifts the one of the channel', async (a) => {
      const ch = await withQueue(a);
      await ch.qos(3, true);
      await ch.qos(2, false);
      await ch.consume(a.name('q'), { tag: 'one' });
      publish(a, ch, '1', '2', '3', '4', '5');
      await ch.bodies(2);
      await ch.consume(a.name('q'), { tag: 'two' });
      await ch.bodies(2);
      await ch.quiet(30);
    }),
    scenario('prefetch leaves out get and no-ack', async (a) => {
      const ch = await withQueue(a);
      await ch.qos(1);
      publish(a, ch, '1', '2', '3', '4');
      await ch.get(a.name('q'), false);
      await ch.get(a.name('q'), false);
      await ch.consume(a.name('q'), { noAck: true });
      await ch.bodies(2);
    }),
    scenario('a shared prefetch counts gets? and is lifted by 0', async (a) => {
      const ch = await withQueue(a);
      await ch.qos(1, true);
      publish(a, ch, '1', '2', '3');
      await ch.get(a.name('q'), false);
      await ch.get(a.name('q'), false);
      await ch.consume(a.name('q'));
      await ch.bodies(1);
      ch.ack(0, true);
      await ch.quiet(30);
    }),
    scenario('prefetch size is not implemented', async (a) => {
      const ch = await a.channel();
      await ch.call('basic.qos', { prefetchSize: 10, prefetchCount: 1 });
      await (await a.main()).take(2);
    }),
    scenario('no-local is ignored', async (a) => {
      const ch = await withQueue(a);
      await ch.consume(a.name('q'), { noLocal: true });
      await oneByOne(a, ch, '1');
    }),
    scenario('no-ack deliveries cannot be acknowledged', async (a) => {
      const ch = await withQueue(a);
      await ch.consume(a.name('q'), { noAck: true });
      await oneByOne(a, ch, '1');
      ch.ack(1);
      await ch.take();
    }),
    scenario('delivery tags count over all consumers and gets of a channel', async (a) => {
      const ch = await withQueue(a);
      await ch.queue(a.name('r'), { exclusive: true });
      await ch.consume(a.name('q'), { tag: 'one', noAck: true });
      await oneByOne(a, ch, '1', '2');
      ch.publish({ key: a.name('r'), body: 'r1' });
      await ch.get(a.name('r'));
      await oneByOne(a, ch, '3');
    }),
    scenario('consumer on a channel that is closed requeues', async (a) => {
      const ch = await withQueue(a);
      publish(a, ch, '1', '2', '3');
      await ch.consume(a.name('q'));
      await ch.take(3);
      ch.ack(2);
      await ch.close();
      const other = await a.channel();
      await other.until(a.name('q'), 2);
      await other.consume(a.name('q'));
      await other.take(2);
    }),
    scenario('consumer on a connection that breaks requeues', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'));
      const b = await a.connect({ label: 'b' });
      const theirs = await b.channel();
      publish(a, ch, '1', '2');
      await theirs.consume(a.name('q'));
      await theirs.take(2);
      b.wire.destroy();
      await ch.until(a.name('q'), 2);
      await ch.get(a.name('q'));
      await ch.call('queue.delete', { queue: a.name('q') });
    }),
    scenario('direct reply-to', async (a) => {
      const ch = await a.channel();
      await ch.consume('amq.rabbitmq.reply-to', { tag: 'rpc', noAck: true });
      await ch.queue(a.name('q'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'question', properties: { replyTo: 'amq.rabbitmq.reply-to', correlationId: '7' } });
      const asked = await ch.get(a.name('q'));
      const replyTo = asked?.properties?.find(([name]) => name === 'replyTo')?.[1];
      const other = await a.channel();
      await other.queue(String(replyTo), { passive: true });
      other.publish({ key: String(replyTo), body: 'answer', properties: { correlationId: '7' }, mandatory: true });
      await ch.take();
      await ch.call('basic.cancel', { consumerTag: 'rpc' });
      other.publish({ key: String(replyTo), body: 'too late', mandatory: true });
      await other.quiet(40);
      await ch.quiet(10);
      await other.queue(String(replyTo), { passive: true });
    }),
    scenario('direct reply-to: addresses that are none', async (a) => {
      const ch = await a.channel();
      for (const address of ['', '.', 'a']) ch.publish({ key: `amq.rabbitmq.reply-to.${address}`, body: address, mandatory: true });
      await ch.sync();
      await ch.quiet(40);
    }),
    scenario('direct reply-to errors', async (a) => {
      const ch = await a.channel();
      ch.publish({ key: 'anywhere', body: 'm', properties: { replyTo: 'amq.rabbitmq.reply-to' } });
      await ch.take();
      await (await a.channel()).consume('amq.rabbitmq.reply-to', { noAck: false });
      const second = await a.channel();
      await second.consume('amq.rabbitmq.reply-to', { tag: 'one', noAck: true });
      await second.consume('amq.rabbitmq.reply-to', { tag: 'two', noAck: true });
      await (await a.channel()).queue('amq.rabbitmq.reply-to', { passive: true });
      await (await a.channel()).queue('amq.rabbitmq.reply-to');
      await (await a.channel()).get('amq.rabbitmq.reply-to');
    }),
    scenario('direct reply-to: with an empty tag, and cancelled twice', async (a) => {
      const ch = await a.channel();
      await ch.consume('amq.rabbitmq.reply-to', { tag: '', noAck: true });
      await ch.call('basic.cancel', { consumerTag: 'wrong' });
      const other = await a.channel();
      await other.consume('amq.rabbitmq.reply-to', { tag: 'x', noAck: true, exclusive: true });
      await other.call('basic.cancel', { consumerTag: 'x' });
      await other.consume('amq.rabbitmq.reply-to', { tag: 'x', noAck: true });
    }),
  ],
};
