import { fresh, publish } from '../fresh-queue.ts';
import { type Area, scenario } from '../scenario.ts';

export const queueLimits: Area = {
  name: 'queue limits',
  scenarios: [
    scenario('queue expires when nobody uses it', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { arguments: { 'x-expires': 500 } });
      publish(a, ch, 'kept alive by a get');
      await a.settle(300);
      await ch.get(a.name('q'), false);
      await a.settle(300);
      await ch.queue(a.name('q'), { passive: true });
      await ch.consume(a.name('q'));
      await a.settle(700);
      await ch.queue(a.name('q'), { passive: true });
      await ch.call('basic.cancel', { consumerTag: 'c' });
      await a.settle(900);
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('message TTL of the queue', async (a) => {
      const ch = await fresh(a, { 'x-message-ttl': 1_500 });
      publish(a, ch, '1', '2');
      await ch.sync();
      await ch.queue(a.name('q'), { passive: true });
      await ch.until(a.name('q'), 0);
      await ch.get(a.name('q'));
      publish(a, ch, '3');
      await ch.get(a.name('q'), false);
      await a.settle(1_700);
      ch.reject(1, true);
      await ch.sync();
      await a.settle(30);
      await ch.get(a.name('q'));
    }),
    scenario('a queue TTL of 0 delivers to waiting consumers only', async (a) => {
      const ch = await fresh(a, { 'x-message-ttl': 0 });
      publish(a, ch, 'nobody waits');
      await ch.sync();
      await ch.get(a.name('q'));
      await ch.consume(a.name('q'), { noAck: true });
      publish(a, ch, 'somebody waits');
      await ch.take();
      await ch.quiet(30);
    }),
    scenario('message expiration: only at the head', async (a) => {
      const ch = await fresh(a);
      ch.publish({ key: a.name('q'), body: 'long', properties: { expiration: '60000' } });
      ch.publish({ key: a.name('q'), body: 'short', properties: { expiration: '30' } });
      await a.settle(400);
      await ch.queue(a.name('q'), { passive: true });
      await ch.get(a.name('q'));
      await ch.get(a.name('q'));
    }),
    scenario('the smaller of message expiration and queue TTL', async (a) => {
      const ch = await fresh(a, { 'x-message-ttl': 40 });
      ch.publish({ key: a.name('q'), body: 'm', properties: { expiration: '60000' } });
      await a.settle(400);
      await ch.get(a.name('q'));
    }),
    scenario('expiration as text', async (a) => {
      for (const expiration of ['abc', '-1', '', '5x', '1.5', ' 5', '4294967295', '4294967296', '99999999999999999999', '0', '+5', '007']) {
        const ch = await a.channel();
        await ch.queue(a.name('e'), { exclusive: true });
        ch.publish({ key: a.name('e'), body: expiration, properties: { expiration } });
        await ch.sync();
      }
    }),
    scenario('max-length drops the head', async (a) => {
      const ch = await fresh(a, { 'x-max-length': 2 }, { confirm: true });
      publish(a, ch, '1', '2', '3', '4');
      await ch.confirms();
      await ch.get(a.name('q'), false);
      publish(a, ch, '5', '6');
      await ch.confirms();
      await ch.queue(a.name('q'), { passive: true });
      ch.reject(1, true);
      await ch.sync();
      await ch.drain(a.name('q'));
    }),
    scenario('max-length 0 holds nothing', async (a) => {
      const ch = await fresh(a, { 'x-max-length': 0 }, { confirm: true });
      publish(a, ch, '1');
      await ch.confirms();
      await ch.get(a.name('q'));
      await ch.consume(a.name('q'), { noAck: true });
      publish(a, ch, '2');
      await ch.takeSorted(2);
    }),
    scenario('max-length-bytes counts bodies', async (a) => {
      const ch = await fresh(a, { 'x-max-length-bytes': 10 });
      publish(a, ch, 'aaaa', 'bbbb', 'cccc');
      await ch.drain(a.name('q'));
      publish(a, ch, 'x'.repeat(11));
      await ch.drain(a.name('q'));
      publish(a, ch, 'x'.repeat(10), '');
      await ch.drain(a.name('q'));
    }),
    scenario('reject-publish refuses new messages', async (a) => {
      const ch = await fresh(a, { 'x-max-length': 2, 'x-overflow': 'reject-publish' }, { confirm: true });
      for (const body of ['1', '2', '3', '4']) {
        publish(a, ch, body);
        await ch.confirms();
      }
      await ch.get(a.name('q'));
      publish(a, ch, '5');
      await ch.confirms();
      await ch.drain(a.name('q'));
    }),
    scenario('reject-publish with one of two queues full: the publish is rejected', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('full'), { exclusive: true, arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } });
      await ch.queue(a.name('free'), { exclusive: true });
      await ch.exchange(a.name('x'), 'fanout', { autoDelete: true });
      await ch.bind(a.name('full'), a.name('x'));
      await ch.bind(a.name('free'), a.name('x'));
      await ch.confirmSelect();
      ch.publish({ exchange: a.name('x'), body: '1' });
      await ch.confirms();
      ch.publish({ exchange: a.name('x'), body: '2' });
      await ch.confirms();
      await ch.drain(a.name('full'));
      await ch.drain(a.name('free'));
    }),
    scenario('reject-publish-dlx dead-letters what it refuses', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('grave'), { exclusive: true });
      await ch.queue(a.name('q'), {
        exclusive: true,
        arguments: {
          'x-max-length': 1,
          'x-overflow': 'reject-publish-dlx',
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': a.name('grave'),
        },
      });
      await ch.confirmSelect();
      publish(a, ch, '1');
      await ch.confirms();
      publish(a, ch, '2');
      await ch.confirms();
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
      await ch.drain(a.name('q'));
    }),
    scenario('priorities: highest first, first in first out within one', async (a) => {
      const ch = await fresh(a, { 'x-max-priority': 5 });
      [0, 5, 3, 5, 9, 1, 255].forEach((priority, index) => {
        ch.publish({ key: a.name('q'), body: `p${priority} m${index}`, properties: { priority } });
      });
      ch.publish({ key: a.name('q'), body: 'none' });
      await ch.sync();
      await ch.drain(a.name('q'));
    }),
    scenario('priorities: requeue and max-length', async (a) => {
      const ch = await fresh(a, { 'x-max-priority': 3, 'x-max-length': 3 });
      for (const [body, priority] of Object.entries({ low: 1, high: 3, mid: 2 })) {
        ch.publish({ key: a.name('q'), body, properties: { priority } });
      }
      await ch.get(a.name('q'), false);
      await ch.get(a.name('q'), false);
      ch.nack(2, { multiple: true, requeue: true });
      await ch.until(a.name('q'), 3);
      ch.publish({ key: a.name('q'), body: 'lowest', properties: { priority: 0 } });
      await ch.sync();
      await ch.drain(a.name('q'));
    }),
    scenario('priority property on a queue without priorities', async (a) => {
      const ch = await fresh(a);
      ch.publish({ key: a.name('q'), body: '1', properties: { priority: 1 } });
      ch.publish({ key: a.name('q'), body: '9', properties: { priority: 9 } });
      await ch.get(a.name('q'));
      await ch.get(a.name('q'));
    }),
    scenario('consumers of a queue that overflows', async (a) => {
      const ch = await fresh(a, { 'x-max-length': 1 });
      await ch.qos(1);
      await ch.consume(a.name('q'));
      publish(a, ch, '1', '2', '3');
      await ch.take();
      await ch.sync();
      await ch.queue(a.name('q'), { passive: true });
      ch.ack(1);
      await ch.take();
    }),
    scenario('a requeue into a full queue', async (a) => {
      const ch = await fresh(a, { 'x-max-length': 1, 'x-overflow': 'reject-publish' }, { confirm: true });
      publish(a, ch, '1');
      await ch.confirms();
      await ch.get(a.name('q'), false);
      publish(a, ch, '2');
      await ch.confirms();
      ch.reject(1, true);
      await ch.until(a.name('q'), 2);
      publish(a, ch, '3');
      await ch.confirms();
      await ch.drain(a.name('q'));
    }),
    scenario('expiry of unacknowledged messages waits for them', async (a) => {
      const ch = await fresh(a);
      ch.publish({ key: a.name('q'), body: 'm', properties: { expiration: '300' } });
      await ch.get(a.name('q'), false);
      await a.settle(400);
      ch.nack(1, { requeue: true });
      await ch.sync();
      await ch.get(a.name('q'));
    }),
    scenario('a consumer gets nothing that has expired', async (a) => {
      const ch = await fresh(a, { 'x-message-ttl': 300 });
      publish(a, ch, '1', '2');
      await a.settle(450);
      publish(a, ch, '3');
      await ch.consume(a.name('q'), { noAck: true });
      await ch.take();
      await ch.quiet(20);
    }),
  ],
};
