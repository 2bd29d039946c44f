import { fresh, publish } from '../fresh-queue.ts';
import { type Area, scenario } from '../scenario.ts';

export const queues: Area = {
  name: 'queues',
  scenarios: [
    scenario('server-named queues', async (a) => {
      const ch = await a.channel();
      await ch.queue('', { exclusive: true });
      await ch.queue('', { exclusive: true });
      await ch.get('');
      await ch.call('queue.purge', { queue: '' });
      await ch.call('basic.consume', { queue: '', consumerTag: 'c' });
      await ch.call('queue.delete', { queue: '' });
      await ch.take();
      await ch.get('');
    }),
    scenario('no queue was declared on this channel', async (a) => {
      await (await a.channel()).get('');
      await (await a.channel()).call('queue.purge', { queue: '' });
      await (await a.channel()).call('queue.delete', { queue: '' });
      await (await a.channel()).consume('');
      await (await a.channel()).bind('', 'amq.fanout');
      await (await a.channel()).call('queue.unbind', { queue: '', exchange: 'amq.fanout' });
    }),
    scenario('a queue that is missing', async (a) => {
      await (await a.channel()).get(a.name('nope'));
      await (await a.channel()).call('queue.purge', { queue: a.name('nope') });
      await (await a.channel()).call('queue.delete', { queue: a.name('nope') });
      await (await a.channel()).call('queue.delete', { queue: a.name('nope'), ifUnused: true, ifEmpty: true });
      await (await a.channel()).consume(a.name('nope'));
    }),
    scenario('declare counts messages and consumers', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { autoDelete: true });
      publish(a, ch, '1', '2', '3');
      // 3.13 may count a message later than it says it has the next method.
      await ch.until(a.name('q'), 3);
      await ch.queue(a.name('q'), { passive: true });
      await ch.get(a.name('q'), false);
      await ch.queue(a.name('q'), { passive: true });
      await ch.consume(a.name('q'), { tag: 'x' });
      await ch.take(2);
      await ch.consume(a.name('q'), { tag: 'y' });
      await ch.queue(a.name('q'), { autoDelete: true });
      await ch.call('queue.delete', { queue: a.name('q') });
      await ch.takeSorted(2);
    }),
    scenario('purge leaves what is unacknowledged', async (a) => {
      const ch = await fresh(a);
      publish(a, ch, '1', '2', '3');
      await ch.get(a.name('q'), false);
      await ch.call('queue.purge', { queue: a.name('q') });
      await ch.call('queue.purge', { queue: a.name('q') });
      await ch.queue(a.name('q'), { passive: true });
      ch.reject(1, true);
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'), false);
      await ch.call('queue.delete', { queue: a.name('q') });
    }),
    scenario('delete if unused, if empty', async (a) => {
      const ch = await fresh(a);
      publish(a, ch, '1', '2');
      await ch.sync();
      await (await a.channel()).call('queue.delete', { queue: a.name('q'), ifEmpty: true });
      await ch.consume(a.name('q'));
      await ch.take(2);
      await (await a.channel()).call('queue.delete', { queue: a.name('q'), ifUnused: true });
      await (await a.channel()).call('queue.delete', { queue: a.name('q'), ifUnused: true, ifEmpty: true });
      await ch.call('basic.cancel', { consumerTag: 'c' });
      await ch.call('queue.delete', { queue: a.name('q'), ifUnused: true, ifEmpty: true });
    }),
    scenario('delete counts ready messages', async (a) => {
      const ch = await fresh(a);
      publish(a, ch, '1', '2', '3');
      await ch.get(a.name('q'), false);
      await ch.call('queue.delete', { queue: a.name('q') });
      ch.ack(1);
      await ch.sync();
    }),
    scenario('get: tags, counts, redelivered', async (a) => {
      const ch = await fresh(a);
      await ch.get(a.name('q'));
      publish(a, ch, '1', '2', '3');
      await ch.get(a.name('q'), false);
      await ch.get(a.name('q'), true);
      await ch.get(a.name('q'), false);
      ch.nack(0, { multiple: true, requeue: true });
      await ch.until(a.name('q'), 2);
      await ch.get(a.name('q'), false);
      ch.ack(0, true);
      await ch.get(a.name('q'), true);
      await ch.get(a.name('q'), true);
    }),
    scenario('exclusive queues belong to their connection', async (a) => {
      const ch = await fresh(a);
      const b = await a.connect({ label: 'b' });
      await (await b.channel()).queue(a.name('q'), { exclusive: true });
      await (await b.channel()).queue(a.name('q'), { passive: true });
      await (await b.channel()).get(a.name('q'));
      await (await b.channel()).consume(a.name('q'));
      await (await b.channel()).bind(a.name('q'), 'amq.fanout');
      await (await b.channel()).call('queue.unbind', { queue: a.name('q'), exchange: 'amq.fanout' });
      await (await b.channel()).call('queue.purge', { queue: a.name('q') });
      await (await b.channel()).call('queue.delete', { queue: a.name('q') });
      const publisher = await b.channel();
      publisher.publish({ key: a.name('q'), body: 'anybody may publish' });
      await publisher.sync();
      await ch.get(a.name('q'));
      await (await a.main()).close();
      await a.settle(100);
      await (await b.channel()).queue(a.name('q'), { passive: true });
    }),
    scenario('exclusive durable queue', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true, durable: true });
      await ch.queue(a.name('q'), { exclusive: true, durable: true, autoDelete: true });
    }),
    scenario('auto-delete: with the last consumer, not before the first', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { autoDelete: true });
      await ch.get(a.name('q'));
      await ch.consume(a.name('q'), { tag: 'a' });
      await ch.consume(a.name('q'), { tag: 'b' });
      await ch.call('basic.cancel', { consumerTag: 'a' });
      await ch.queue(a.name('q'), { passive: true });
      await ch.call('basic.cancel', { consumerTag: 'b' });
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('auto-delete: with the channel of the last consumer', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { autoDelete: true });
      await ch.consume(a.name('q'));
      await ch.close();
      await a.settle(60);
      await (await a.channel()).queue(a.name('q'), { passive: true });
    }),
    scenario('messages of an auto-delete queue without a dead letter exchange are gone', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { autoDelete: true });
      publish(a, ch, '1');
      await ch.consume(a.name('q'));
      await ch.take();
      await ch.call('basic.cancel', { consumerTag: 'c' });
      ch.ack(1);
      await ch.sync();
    }),
    scenario('lazy queue', async (a) => {
      const ch = await fresh(a, { 'x-queue-mode': 'lazy' });
      publish(a, ch, '1', '2', '3');
      await ch.sync();
      await ch.drain(a.name('q'));
    }),
    scenario('a channel error closes neither queue nor connection', async (a) => {
      const ch = await fresh(a);
      publish(a, ch, '1', '2');
      await ch.get(a.name('q'), false);
      await ch.get(a.name('q'), false);
      await ch.queue(a.name('nope'), { passive: true });
      await ch.reopen();
      await ch.until(a.name('q'), 2);
      await ch.get(a.name('q'), false);
      await ch.get(a.name('q'), false);
    }),
    scenario('redeclaring after a delete is a new queue', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { durable: true });
      publish(a, ch, 'old');
      await ch.call('queue.delete', { queue: a.name('q') });
      await ch.queue(a.name('q'), { autoDelete: true });
      await ch.call('queue.delete', { queue: a.name('q') });
    }),
    scenario('bindings go with their queue', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'direct');
      await ch.queue(a.name('q'));
      await ch.bind(a.name('q'), a.name('x'), 'k');
      await ch.call('queue.delete', { queue: a.name('q') });
      ch.publish({ exchange: a.name('x'), key: 'k', body: 'm', mandatory: true });
      await ch.take();
      await ch.queue(a.name('q'));
      ch.publish({ exchange: a.name('x'), key: 'k', body: 'm', mandatory: true });
      await ch.take();
      await ch.call('queue.delete', { queue: a.name('q') });
      await ch.call('exchange.delete', { exchange: a.name('x'), ifUnused: true });
    }),
  ],
};
