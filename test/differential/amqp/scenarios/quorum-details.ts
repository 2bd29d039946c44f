import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { confirming, publishSettled } from '../fresh-queue.ts';
import { quorum, remove } from '../replicated-queue.ts';
import { type Area, scenario } from '../scenario.ts';

type Headers = Readonly<Record<string, Plain>>;

/** Arguments for dead letters to the queue `grave`, and that queue. */
async function withGrave(a: Actor, args: Headers = {}): Promise<ChannelScript> {
  await (await a.channel()).queue(a.name('grave'), { exclusive: true });
  return confirming(quorum(a, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('grave'), ...args }));
}

export const quorumDetails: Area = {
  name: 'quorum queue details',
  scenarios: [
    scenario('x-delivery-count goes up with each return', async (a) => {
      const ch = await confirming(quorum(a, { 'x-delivery-limit': 10 }));
      await publishSettled(a, ch, 'm');
      await ch.qos(1);
      await ch.consume(a.name('q'));
      await ch.take();
      ch.nack(1, { requeue: true });
      await ch.take();
      ch.reject(2, true);
      await ch.take();
      await ch.call('basic.recover', { requeue: true });
      await ch.take();
      await ch.close();
      const other = await a.channel();
      await other.until(a.name('q'), 1);
      await other.get(a.name('q'), false);
      await other.close();
      const last = await a.channel();
      await last.until(a.name('q'), 1);
      await last.get(a.name('q'));
      await remove(a);
    }),
    scenario('a delivery limit of 0', async (a) => {
      const ch = await withGrave(a, { 'x-delivery-limit': 0 });
      await publishSettled(a, ch, 'm');
      await ch.get(a.name('q'), false);
      ch.reject(1, true);
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await remove(a);
    }),
    scenario('what counts against the delivery limit', async (a) => {
      const ch = await confirming(quorum(a, { 'x-delivery-limit': 1 }));
      await publishSettled(a, ch, 'm');
      const returns: readonly ((tag: number) => void)[] = [
        (tag) => ch.nack(tag, { requeue: true }),
        () => ch.send('basic.recover-async', { requeue: true }),
        (tag) => ch.reject(tag, true),
        (tag) => ch.nack(tag, { requeue: true }),
        (tag) => ch.reject(tag, true),
      ];
      for (const [index, giveBack] of returns.entries()) {
        const got = await ch.get(a.name('q'), false);
        if (got?.body === undefined) break;
        giveBack(index + 1);
        await a.settle(30);
      }
      await ch.get(a.name('q'));
      await remove(a);
    }),
    scenario('a negative delivery limit', async (a) => {
      const ch = await confirming(quorum(a, { 'x-delivery-limit': -1 }));
      for (const [body, priority] of [
        ['high', 9],
        ['none', undefined],
        ['low', 1],
      ] as const) {
        ch.publish({ key: a.name('q'), body, properties: priority === undefined ? {} : { priority } });
        await ch.settled();
      }
      await ch.get(a.name('q'), false);
      ch.nack(1, { requeue: true });
      await a.settle(30);
      await ch.get(a.name('q'), false);
      ch.reject(2, true);
      await a.settle(30);
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('a delivery limit and a publisher’s own x-delivery-count', async (a) => {
      const ch = await confirming(quorum(a, { 'x-delivery-limit': 1 }));
      ch.publish({ key: a.name('q'), body: 'm', headers: { 'x-delivery-count': 7 } });
      await ch.settled();
      await ch.consume(a.name('q'));
      await ch.take();
      ch.nack(1, { requeue: true });
      await ch.take();
      ch.nack(2, { requeue: true });
      await ch.until(a.name('q'), 0);
      await ch.quiet();
      await remove(a);
    }),
    scenario('returns of several at once', async (a) => {
      const ch = await confirming(quorum(a, { 'x-delivery-limit': 5 }));
      await publishSettled(a, ch, '1', '2', '3', '4', '5');
      for (let count = 0; count < 4; count++) await ch.get(a.name('q'), false);
      ch.nack(3, { multiple: true, requeue: true });
      await ch.until(a.name('q'), 4);
      ch.nack(4, { requeue: true });
      await ch.until(a.name('q'), 5);
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('returns of several at once to several consumers', async (a) => {
      for (const limit of [5, -1]) {
        const ch = await confirming(quorum(a, { 'x-delivery-limit': limit }));
        const reader = await a.channel();
        await reader.qos(3);
        // The later name first: their order is not that of their names.
        for (const tag of ['two', 'one', 'three']) await reader.consume(a.name('q'), { tag });
        for (const body of ['1', '2', '3', '4', '5', '6']) {
          await publishSettled(a, ch, body);
          await reader.take();
        }
        reader.nack(4, { multiple: true, requeue: true });
        await reader.take(4);
        await reader.close();
        // Before 4.0 -1 is a limit that messages go beyond.
        if (limit > 0) await ch.until(a.name('q'), 6);
        await remove(a);
      }
    }),
    scenario('what a closed channel had, to several consumers of another', async (a) => {
      const ch = await confirming(quorum(a));
      const former = await a.channel();
      await former.qos(4);
      for (const tag of ['a', 'b']) await former.consume(a.name('q'), { tag });
      for (const body of ['1', '2', '3', '4', '5', '6']) {
        await publishSettled(a, ch, body);
        await former.take();
      }
      const reader = await a.channel();
      await reader.qos(2);
      for (const tag of ['d', 'c']) await reader.consume(a.name('q'), { tag });
      await former.close();
      await reader.take(4);
      await reader.close();
      await ch.until(a.name('q'), 6);
      await remove(a);
    }),
    scenario('x-consumer-disconnected-timeout', async (a) => {
      for (const value of [0, 5, -1, 'x', 1.5]) {
        const ch = await a.channel();
        const args = { 'x-queue-type': 'quorum', 'x-consumer-disconnected-timeout': value };
        await ch.queue(a.name('q'), { durable: true, arguments: args });
        if (!ch.isClosed) await ch.queue(a.name('q'), { durable: true, arguments: { ...args, 'x-consumer-disconnected-timeout': 7 } });
        await remove(a);
      }
      for (const type of ['classic', 'stream']) {
        const ch = await a.channel();
        await ch.queue(a.name('q'), { durable: true, arguments: { 'x-queue-type': type, 'x-consumer-disconnected-timeout': 5 } });
        await remove(a);
      }
      const ch = await confirming(quorum(a));
      const reader = await a.channel();
      await reader.consume(a.name('q'), { arguments: { 'x-consumer-disconnected-timeout': 5 } });
      await ch.close();
      await remove(a);
    }),
    scenario('delayed retries', async (a) => {
      for (const type of ['all', 'failed', 'returned', 'disabled']) {
        const delays = { 'x-delayed-retry-type': type, 'x-delayed-retry-min': 300, 'x-delayed-retry-max': 400 };
        const ch = await confirming(quorum(a, { ...delays, 'x-max-length': 3 }));
        if (ch.isClosed) return;
        await publishSettled(a, ch, 'rejected', 'nacked', 'kept');
        for (let count = 0; count < 2; count++) await ch.get(a.name('q'), false);
        ch.reject(1, true);
        ch.nack(2, { requeue: true });
        await a.settle(60);
        await ch.queue(a.name('q'), { passive: true });
        await publishSettled(a, ch, 'new');
        await ch.get(a.name('q'));
        await a.settle(500);
        await ch.drain(a.name('q'));
        await remove(a);
      }
    }),
    scenario('delayed retries to a consumer', async (a) => {
      const ch = await confirming(quorum(a, { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 250 }));
      if (ch.isClosed) return;
      await ch.consume(a.name('q'));
      await publishSettled(a, ch, 'm');
      await ch.take();
      ch.nack(1, { requeue: true });
      await ch.quiet(100);
      await ch.take();
      ch.reject(2, true);
      await ch.quiet(100);
      await ch.call('queue.purge', { queue: a.name('q') });
      await ch.quiet(300);
      await remove(a);
    }),
    scenario('max-length-bytes', async (a) => {
      const ch = await withGrave(a, { 'x-max-length-bytes': 25 });
      await publishSettled(a, ch, '1234567890', '2345678901', '3456789012', '45678');
      await ch.until(a.name('grave'), 1);
      await ch.drain(a.name('q'));
      await ch.get(a.name('grave'));
      await remove(a);
    }),
    scenario('max-length-bytes and properties', async (a) => {
      const ch = await confirming(quorum(a, { 'x-max-length-bytes': 120 }));
      const headers = { a: 1, b: 'two', c: true, d: [1, 'x'], e: { f: 1.5 } };
      for (let index = 0; index < 6; index++) {
        const properties =
          index % 2 === 0 ? {} : { contentType: 'text/plain', deliveryMode: 2, priority: 4, timestamp: 7n, messageId: 'm' };
        ch.publish({ key: a.name('q'), body: `body ${index}`, properties, ...(index % 3 === 0 ? { headers } : {}) });
        await ch.settled();
      }
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('a queue that rejects when it is full', async (a) => {
      const ch = await confirming(quorum(a, { 'x-max-length': 2, 'x-overflow': 'reject-publish' }));
      await publishSettled(a, ch, '1', '2', '3', '4', '5');
      await ch.drain(a.name('q'));
      await a.settle(100);
      await publishSettled(a, ch, '6');
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('several channels of a queue that rejects', async (a) => {
      const ch = await confirming(quorum(a, { 'x-max-length': 1, 'x-overflow': 'reject-publish' }));
      await publishSettled(a, ch, '1', '2', '3');
      const other = await a.channel();
      await other.confirmSelect();
      await publishSettled(a, other, '4', '5');
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('counts of a declaration', async (a) => {
      const ch = await confirming(quorum(a));
      await publishSettled(a, ch, '1', '2', '3');
      await ch.get(a.name('q'), false);
      await ch.queue(a.name('q'), { passive: true });
      await ch.call('queue.purge', { queue: a.name('q') });
      await ch.queue(a.name('q'), { passive: true });
      ch.nack(1, { requeue: true });
      await ch.until(a.name('q'), 1);
      await ch.queue(a.name('q'), { passive: true });
      await remove(a);
    }),
    scenario('declaring again with other arguments', async (a) => {
      await confirming(quorum(a, { 'x-delivery-limit': 3, 'x-max-length': 5 }));
      const again = async (args: Headers, durable = true): Promise<void> => {
        await (await a.channel()).queue(a.name('q'), { durable, arguments: args });
      };
      await again({ 'x-queue-type': 'quorum', 'x-delivery-limit': 3, 'x-max-length': 5 });
      await again({ 'x-queue-type': 'quorum', 'x-delivery-limit': 4, 'x-max-length': 5 });
      await again({ 'x-queue-type': 'quorum', 'x-max-length': 5 });
      await again({ 'x-queue-type': 'classic', 'x-delivery-limit': 3, 'x-max-length': 5 });
      await again({ 'x-delivery-limit': 3, 'x-max-length': 5 });
      await again({ 'x-max-length': 5 });
      await again({ 'x-queue-type': 'stream' });
      await remove(a);
    }),
    scenario('it expires', async (a) => {
      const ch = await confirming(quorum(a, { 'x-expires': 300 }));
      // RabbitMQ looks every five seconds.
      await a.settle(7_000);
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('priorities', async (a) => {
      const ch = await confirming(quorum(a));
      for (const priority of [1, 9, 5, 0, 4, undefined, 31, 32, 255, 30]) {
        ch.publish({ key: a.name('q'), body: `p${priority}`, properties: priority === undefined ? {} : { priority } });
        await ch.settled();
      }
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('a message TTL dead-letters, and so does its own', async (a) => {
      const ch = await withGrave(a, { 'x-message-ttl': 200 });
      await publishSettled(a, ch, 'm1');
      ch.publish({ key: a.name('q'), body: 'm2', properties: { expiration: '10000' } });
      await ch.settled();
      await ch.until(a.name('grave'), 2);
      await ch.get(a.name('grave'));
      await ch.get(a.name('grave'));
      await remove(a);
    }),
    scenario('dead-lettering at least once without reject-publish', async (a) => {
      const ch = await withGrave(a, { 'x-dead-letter-strategy': 'at-least-once', 'x-max-length': 1 });
      await publishSettled(a, ch, '1', '2');
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await ch.drain(a.name('q'));
      await remove(a);
    }),
    scenario('dead-lettering at least once keeps what it can’t deliver', async (a) => {
      const args = { 'x-dead-letter-exchange': a.name('dlx'), 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' };
      const ch = await confirming(quorum(a, args));
      await publishSettled(a, ch, 'm');
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await a.settle(200);
      await ch.queue(a.name('q'), { passive: true });
      await remove(a);
    }),
    scenario('to a quorum queue, from a quorum queue', async (a) => {
      const setup = await a.channel();
      await setup.queue(a.name('grave'), { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      const ch = await confirming(
        quorum(a, { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('grave'), 'x-delivery-limit': 1 }),
      );
      await publishSettled(a, ch, 'm');
      for (const tag of [1, 2]) {
        await ch.until(a.name('q'), 1);
        await ch.get(a.name('q'), false);
        ch.reject(tag, true);
      }
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await setup.call('queue.delete', { queue: a.name('grave') });
      await remove(a);
    }),
  ],
};
