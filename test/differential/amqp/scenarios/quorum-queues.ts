import type { Plain } from '../codec/fields.ts';
import { confirming, publishConfirmed } from '../fresh-queue.ts';
import { quorum, remove } from '../replicated-queue.ts';
import { type Area, scenario } from '../scenario.ts';

type Headers = Readonly<Record<string, Plain>>;

export const quorumQueues: Area = {
  name: 'quorum queues',
  scenarios: [
    scenario('what they refuse in declarations', async (a) => {
      const type = { 'x-queue-type': 'quorum' };
      await (await a.channel()).queue(a.name('r'), { arguments: type });
      await (await a.channel()).queue(a.name('r'), { durable: true, exclusive: true, arguments: type });
      await (await a.channel()).queue(a.name('r'), { durable: true, autoDelete: true, arguments: type });
      await (await a.channel()).queue('', { durable: true, arguments: type });
    }),
    scenario('arguments they take and refuse', async (a) => {
      const each: Headers[] = [
        { 'x-max-priority': 5 },
        { 'x-queue-mode': 'lazy' },
        { 'x-message-ttl': 5000 },
        { 'x-expires': 60_000 },
        { 'x-max-length': 5 },
        { 'x-max-length-bytes': 500 },
        { 'x-overflow': 'drop-head' },
        { 'x-overflow': 'reject-publish' },
        { 'x-overflow': 'reject-publish-dlx' },
        { 'x-delivery-limit': 3 },
        { 'x-delivery-limit': -1 },
        { 'x-delivery-limit': 'three' },
        { 'x-max-in-memory-length': 3 },
        { 'x-max-in-memory-bytes': -3 },
        { 'x-single-active-consumer': true },
        { 'x-dead-letter-exchange': 'x', 'x-dead-letter-routing-key': 'k' },
        { 'x-dead-letter-strategy': 'at-least-once' },
        { 'x-dead-letter-strategy': 'sometimes' },
        { 'x-queue-version': 2 },
        { 'x-quorum-initial-group-size': 1 },
        { 'x-quorum-initial-group-size': 0 },
        { 'x-queue-leader-locator': 'balanced' },
        { 'x-queue-leader-locator': 'nowhere' },
        { 'x-queue-leader-locator': 'client-local' },
        { 'x-max-age': '1D' },
      ];
      for (const args of each) {
        const ch = await a.channel();
        await ch.queue(a.name('q'), { durable: true, arguments: { 'x-queue-type': 'quorum', ...args } });
        if (!ch.isClosed) await ch.call('queue.delete', { queue: a.name('q') });
      }
    }),
    scenario('publish, get, acknowledge', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, '1', '2', '3');
      await ch.get(a.name('q'), false);
      await ch.get(a.name('q'), true);
      ch.ack(1);
      await ch.get(a.name('q'), true);
      await ch.get(a.name('q'), true);
      await remove(a);
    }),
    scenario('x-delivery-count of a get that is requeued', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, '1');
      for (let tag = 1; tag <= 3; tag++) {
        await ch.get(a.name('q'), false);
        ch.nack(tag, { requeue: true });
        await ch.until(a.name('q'), 1);
      }
      await ch.get(a.name('q'));
      await remove(a);
    }),
    scenario('delivery limit drops', async (a) => {
      const ch = await confirming(quorum(a, { 'x-delivery-limit': 1 }));
      await publishConfirmed(a, ch, '1');
      await ch.consume(a.name('q'));
      await ch.take();
      ch.reject(1, true);
      await ch.take();
      ch.reject(2, true);
      await ch.quiet();
      await ch.until(a.name('q'), 0);
      await remove(a);
    }),
    scenario('delivery limit dead-letters', async (a) => {
      const ch = await quorum(a, { 'x-delivery-limit': 1, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('grave') });
      await ch.queue(a.name('grave'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'm', headers: { mine: 1 } });
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'), false);
      ch.reject(1, true);
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'), false);
      ch.reject(2, true);
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await remove(a);
    }),
    scenario('rejected to the dead letter exchange', async (a) => {
      const ch = await quorum(a, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('grave') });
      await ch.queue(a.name('grave'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'm' });
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await remove(a);
    }),
    scenario('max-length', async (a) => {
      const ch = await confirming(quorum(a, { 'x-max-length': 2 }));
      await publishConfirmed(a, ch, '1', '2', '3', '4');
      await ch.until(a.name('q'), 2);
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('message TTL', async (a) => {
      const ch = await quorum(a, { 'x-message-ttl': 60, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('grave') });
      await ch.queue(a.name('grave'), { exclusive: true });
      await ch.confirmSelect();
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.confirms();
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await ch.queue(a.name('q'), { passive: true });
      await remove(a);
    }),
    scenario('nacked messages go to the back', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, '1', '2', '3');
      await ch.get(a.name('q'), false);
      ch.nack(1, { requeue: true });
      await ch.until(a.name('q'), 3);
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('single active consumer', async (a) => {
      const ch = await quorum(a, { 'x-single-active-consumer': true });
      await ch.consume(a.name('q'), { tag: 'one' });
      await ch.consume(a.name('q'), { tag: 'two' });
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.take();
      await (await a.channel()).get(a.name('q'));
      await ch.call('basic.cancel', { consumerTag: 'one' });
      ch.publish({ key: a.name('q'), body: '2' });
      await ch.take();
      await remove(a);
    }),
    scenario('the next active consumer: by priority, prefetch and age', async (a) => {
      const ch = await confirming(quorum(a, { 'x-single-active-consumer': true }));
      const reader = await a.channel();
      await reader.consume(a.name('q'), { tag: 'first' });
      await reader.qos(1);
      await reader.consume(a.name('q'), { tag: 'one' });
      await reader.qos(5);
      await reader.consume(a.name('q'), { tag: 'five' });
      await reader.consume(a.name('q'), { tag: 'five too' });
      await reader.qos(0);
      await reader.consume(a.name('q'), { tag: 'low', arguments: { 'x-priority': -1 } });
      await reader.consume(a.name('q'), { tag: 'any' });
      for (const tag of ['first', 'any', 'five', 'five too', 'one', 'low']) {
        await reader.call('basic.cancel', { consumerTag: tag });
        await publishConfirmed(a, ch, `after ${tag}`);
        if (tag !== 'low') await reader.take();
      }
      await reader.quiet(20);
      await remove(a);
    }),
    scenario('global prefetch is refused', async (a) => {
      const ch = await quorum(a);
      await ch.qos(5, true);
      await ch.consume(a.name('q'));
      await remove(a);
    }),
    scenario('global prefetch after consuming', async (a) => {
      const ch = await quorum(a);
      await ch.qos(5);
      await ch.consume(a.name('q'));
      await ch.qos(5, true);
      await remove(a);
    }),
    scenario('exclusive consumers, consumer priority and arguments', async (a) => {
      const ch = await quorum(a);
      await ch.consume(a.name('q'), { tag: 'x', exclusive: true });
      await (await a.channel()).consume(a.name('q'), { tag: 'y' });
      await ch.call('basic.cancel', { consumerTag: 'x' });
      await ch.consume(a.name('q'), { tag: 'low' });
      await ch.consume(a.name('q'), { tag: 'high', arguments: { 'x-priority': 5 } });
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.take();
      await remove(a);
    }),
    scenario('purge and delete count', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, '1', '2', '3');
      await ch.get(a.name('q'), false);
      await ch.call('queue.purge', { queue: a.name('q') });
      await ch.queue(a.name('q'), { passive: true });
      await ch.call('queue.delete', { queue: a.name('q') });
    }),
    scenario('delete if unused or if empty is refused', async (a) => {
      const ch = await quorum(a);
      await (await a.channel()).call('queue.delete', { queue: a.name('q'), ifUnused: true });
      await (await a.channel()).call('queue.delete', { queue: a.name('q'), ifEmpty: true });
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('a closed channel gives back what it held, and that counts', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, '1', '2', '3');
      const other = await a.channel();
      await other.get(a.name('q'), false);
      await other.close();
      await ch.until(a.name('q'), 3);
      const reader = await a.channel();
      await reader.qos(2);
      await reader.consume(a.name('q'));
      await reader.take(2);
      await reader.close();
      await ch.until(a.name('q'), 3);
      for (let index = 0; index < 3; index++) await ch.get(a.name('q'));
      await remove(a);
    }),
    scenario('a cancelled consumer keeps what it held', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, '1', '2');
      const reader = await a.channel();
      await reader.qos(1);
      await reader.consume(a.name('q'));
      await reader.take();
      await reader.call('basic.cancel', { consumerTag: 'c' });
      await ch.until(a.name('q'), 1);
      reader.nack(1, { requeue: true });
      await ch.until(a.name('q'), 2);
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('prefetch and turns', async (a) => {
      const ch = await confirming(quorum(a));
      const reader = await a.channel();
      await reader.qos(2);
      await reader.consume(a.name('q'), { tag: 'one' });
      await reader.consume(a.name('q'), { tag: 'two' });
      for (const body of ['1', '2', '3', '4']) {
        await publishConfirmed(a, ch, body);
        await reader.take();
      }
      await publishConfirmed(a, ch, '5');
      await reader.quiet(40);
      reader.ack(1);
      await reader.take();
      reader.ack(0, true);
      await reader.sync();
      await remove(a);
    }),
    scenario('automatic acknowledgement', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, '1', '2');
      const reader = await a.channel();
      await reader.consume(a.name('q'), { noAck: true });
      await reader.take(2);
      await ch.queue(a.name('q'), { passive: true });
      await remove(a);
    }),
    scenario('expired at the head by its own expiration', async (a) => {
      const ch = await quorum(a, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('grave') });
      await ch.queue(a.name('grave'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'm', properties: { expiration: '50' }, headers: { mine: true } });
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await remove(a);
    }),
    scenario('dead-lettering at least once', async (a) => {
      const ch = await quorum(a, {
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': a.name('grave'),
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      });
      await ch.queue(a.name('grave'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'm', headers: { mine: true } });
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await remove(a);
    }),
    scenario('transactions', async (a) => {
      const ch = await quorum(a);
      await ch.call('tx.select');
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.call('tx.rollback');
      ch.publish({ key: a.name('q'), body: '2' });
      await ch.call('tx.commit');
      const other = await a.channel();
      await other.until(a.name('q'), 1);
      await other.drain(a.name('q'));
      await remove(a);
    }),
    scenario('cancel notification and dead-lettering at deletion', async (a) => {
      const ch = await quorum(a);
      await ch.consume(a.name('q'));
      await remove(a);
      await ch.take();
    }),
  ],
};
