import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { type Area, scenario } from '../scenario.ts';

async function withQueue(a: Actor): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.queue(a.name('q'), { exclusive: true });
  return ch;
}

export const publishing: Area = {
  name: 'publishing',
  scenarios: [
    scenario('to a missing exchange', async (a) => {
      const ch = await a.channel();
      ch.publish({ exchange: a.name('nope'), key: 'k', body: 'm' });
      await ch.take();
    }),
    scenario('to a missing exchange in confirm mode, after others', async (a) => {
      const ch = await withQueue(a);
      await ch.confirmSelect();
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.confirms();
      ch.publish({ exchange: a.name('nope'), body: '2' });
      await ch.take();
      await (await a.channel()).get(a.name('q'));
    }),
    scenario('what was sent after the failing publish is discarded', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ exchange: a.name('nope'), key: 'k', body: 'm' });
      ch.publish({ key: a.name('q'), body: 'after the error' });
      await ch.take();
      await (await a.channel()).get(a.name('q'));
    }),
    scenario('mandatory: no queue', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('nobody'), body: 'plain' });
      ch.publish({
        key: a.name('nobody'),
        body: 'mandatory',
        mandatory: true,
        headers: { h: [1, 'two'] },
        properties: { messageId: 'id', contentType: 'text/plain', deliveryMode: 2 },
      });
      await ch.take();
      ch.publish({ key: a.name('q'), body: 'routed', mandatory: true });
      await ch.quiet(30);
    }),
    scenario('mandatory: an empty message', async (a) => {
      const ch = await a.channel();
      ch.publish({ exchange: 'amq.fanout', key: 'k', mandatory: true });
      await ch.take();
    }),
    scenario('immediate is not implemented', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: 'm', immediate: true });
      await ch.take();
      await (await a.main()).take(2);
    }),
    scenario('immediate and mandatory', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ exchange: a.name('nope'), key: 'k', body: 'm', immediate: true, mandatory: true });
      await ch.take();
    }),
    scenario('returns come before their confirms', async (a) => {
      const ch = await withQueue(a);
      await ch.confirmSelect();
      ch.publish({ key: a.name('nobody'), body: '1', mandatory: true });
      await ch.confirms();
      ch.publish({ key: a.name('nobody'), body: '2', mandatory: true });
      ch.publish({ key: a.name('nobody'), body: '3', mandatory: true });
      await ch.takeKind('basic.return', 2);
      await ch.confirms();
    }),
    scenario('confirm.select twice, with nowait, and counting from the first select', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: 'before' });
      await ch.confirmSelect();
      await ch.call('confirm.select');
      ch.send('confirm.select', { nowait: true });
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.confirms();
      ch.publish({ key: a.name('q'), body: '2' });
      await ch.confirms();
      ch.publish({ key: a.name('nobody'), body: 'unroutable is confirmed too' });
      await ch.confirms();
    }),
    scenario('confirms of persistent messages to a durable queue', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('d'), { durable: true });
      await ch.confirmSelect();
      for (let index = 0; index < 20; index++) ch.publish({ key: a.name('d'), body: `m${index}`, properties: { deliveryMode: 2 } });
      await ch.confirms();
      await ch.call('queue.delete', { queue: a.name('d') });
    }),
    scenario('two hundred confirms', async (a) => {
      const ch = await withQueue(a);
      await ch.confirmSelect();
      for (let index = 0; index < 200; index++) ch.publish({ key: a.name('q'), body: `m${index}` });
      await ch.confirms();
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('tx and confirm exclude each other', async (a) => {
      const one = await a.channel();
      await one.call('tx.select');
      await one.call('confirm.select');
      const two = await a.channel();
      await two.call('confirm.select');
      await two.call('tx.select');
      await (await a.channel()).call('tx.commit');
      await (await a.channel()).call('tx.rollback');
      const three = await a.channel();
      await three.call('tx.select');
      await three.call('tx.select');
      await three.call('tx.commit');
      await three.call('tx.rollback');
    }),
    scenario('tx commit publishes', async (a) => {
      const ch = await withQueue(a);
      const other = await a.channel();
      await ch.call('tx.select');
      ch.publish({ key: a.name('q'), body: '1' });
      ch.publish({ key: a.name('q'), body: '2' });
      await ch.sync();
      await other.get(a.name('q'));
      await ch.call('tx.commit');
      await other.get(a.name('q'));
      await other.get(a.name('q'));
    }),
    scenario('tx rollback forgets publishes', async (a) => {
      const ch = await withQueue(a);
      await ch.call('tx.select');
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.call('tx.rollback');
      await ch.call('tx.commit');
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('tx commit acknowledges', async (a) => {
      const ch = await withQueue(a);
      for (const body of ['1', '2', '3']) ch.publish({ key: a.name('q'), body });
      for (let index = 0; index < 3; index++) await ch.get(a.name('q'), false);
      await ch.call('tx.select');
      ch.ack(1);
      ch.reject(2);
      ch.nack(3, { requeue: true });
      await ch.sync();
      await ch.queue(a.name('q'), { passive: true });
      await ch.call('tx.commit');
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
    }),
    scenario('tx rollback takes acknowledgements back', async (a) => {
      const ch = await withQueue(a);
      for (const body of ['1', '2']) ch.publish({ key: a.name('q'), body });
      for (let index = 0; index < 2; index++) await ch.get(a.name('q'), false);
      await ch.call('tx.select');
      ch.ack(1);
      ch.nack(2);
      await ch.call('tx.rollback');
      ch.ack(1);
      await ch.call('tx.commit');
      await ch.close();
      await ch.reopen();
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
    }),
    scenario('tx: an acknowledgement twice is an error at once', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.get(a.name('q'), false);
      await ch.call('tx.select');
      ch.ack(1);
      ch.ack(1);
      await ch.take();
      await (await a.channel()).until(a.name('q'), 1);
    }),
    scenario('tx: closing the channel rolls back', async (a) => {
      const ch = await withQueue(a);
      await ch.call('tx.select');
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.close();
      await (await a.channel()).get(a.name('q'));
    }),
    scenario('tx: mandatory returns come with the commit', async (a) => {
      const ch = await withQueue(a);
      await ch.call('tx.select');
      ch.publish({ key: a.name('nobody'), body: '1', mandatory: true });
      await ch.sync();
      await ch.quiet(30);
      ch.send('tx.commit');
      await ch.take(2);
    }),
    scenario('tx: publishing to a missing exchange fails at once', async (a) => {
      const ch = await withQueue(a);
      await ch.call('tx.select');
      ch.publish({ exchange: a.name('nope'), key: 'k', body: '1' });
      await ch.take();
    }),
    scenario('tx: a queue that rejects what is committed', async (a) => {
      const ch = await withQueue(a);
      await ch.queue(a.name('full'), { exclusive: true, arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } });
      await ch.call('tx.select');
      for (const key of ['full', 'full', 'q']) ch.publish({ key: a.name(key), body: key });
      await ch.call('tx.commit');
      const other = await a.channel();
      await other.drain(a.name('full'));
      await other.drain(a.name('q'));
    }),
    scenario('CC and BCC route to more queues', async (a) => {
      const ch = await withQueue(a);
      await ch.queue(a.name('cc'), { exclusive: true });
      await ch.queue(a.name('bcc'), { exclusive: true });
      ch.publish({
        key: a.name('q'),
        body: 'm',
        headers: { CC: [a.name('cc'), a.name('q')], BCC: [a.name('bcc')], other: 1 },
        properties: { messageId: 'id' },
      });
      await ch.sync();
      for (const queue of ['q', 'cc', 'bcc']) await ch.get(a.name(queue));
      await ch.get(a.name('q'));
    }),
    scenario('CC through a topic exchange', async (a) => {
      const ch = await withQueue(a);
      await ch.bind(a.name('q'), 'amq.topic', `${a.name('t')}.*`);
      ch.publish({ exchange: 'amq.topic', key: 'nowhere', body: 'm', headers: { CC: ['x', `${a.name('t')}.k`] }, mandatory: true });
      await ch.sync();
      await ch.get(a.name('q'));
    }),
    scenario('an unroutable message is returned with CC and without BCC', async (a) => {
      const ch = await a.channel();
      ch.publish({ exchange: 'amq.direct', key: a.name('k'), body: 'm', mandatory: true, headers: { CC: ['x'], BCC: ['y'] } });
      await ch.take();
    }),
    scenario('CC of a wrong type', async (a) => {
      const values: Plain[] = ['text', 5, [1, 2], ['ok', 5], { a: 1 }, []];
      for (const [index, value] of values.entries()) {
        const ch = await a.channel();
        ch.publish({ key: a.name('q'), body: 'm', headers: index % 2 === 0 ? { CC: value } : { BCC: value } });
        await ch.sync();
      }
    }),
    scenario('user-id', async (a) => {
      const ch = await withQueue(a);
      ch.publish({ key: a.name('q'), body: 'm', properties: { userId: 'guest' } });
      await ch.get(a.name('q'));
      ch.publish({ key: a.name('q'), body: 'm', properties: { userId: 'bob' } });
      await ch.take();
      const empty = await a.channel();
      empty.publish({ key: a.name('q'), body: 'm', properties: { userId: '' } });
      await empty.sync();
      const b = await a.connect({ label: 'b', user: 'imposter', password: 'imposter' });
      const theirs = await b.channel();
      theirs.publish({ exchange: 'amq.direct', key: a.name('k'), body: 'm', properties: { userId: 'bob' }, mandatory: true });
      await theirs.take();
    }),
    scenario('which error comes first', async (a) => {
      const first = await a.channel();
      first.publish({ exchange: a.name('nope'), key: 'k', body: 'm', properties: { userId: 'bob', expiration: 'abc' } });
      await first.take();
      const second = await a.channel();
      second.publish({ exchange: '', key: 'k', body: 'm', properties: { userId: 'bob', expiration: 'abc' } });
      await second.take();
    }),
    scenario('publish to the default exchange by a name that is no queue', async (a) => {
      const ch = await a.channel();
      ch.publish({ key: '', body: 'm', mandatory: true });
      await ch.take();
    }),
    scenario('channel.flow', async (a) => {
      const ch = await a.channel();
      await ch.call('channel.flow', { active: true });
      await ch.call('channel.flow', { active: false });
      await (await a.main()).take(2);
    }),
    scenario('access.request', async (a) => {
      const ch = await a.channel();
      await ch.call('access.request', { realm: '/data', active: true, read: true });
    }),
    scenario('delivery modes as they are', async (a) => {
      const ch = await withQueue(a);
      for (const deliveryMode of [0, 1, 2, 3, 255]) {
        ch.publish({ key: a.name('q'), body: `mode ${deliveryMode}`, properties: { deliveryMode } });
        await ch.sync();
        if (ch.isClosed) break;
        await ch.get(a.name('q'));
      }
    }),
    scenario('publishing from many channels of one connection', async (a) => {
      const ch = await withQueue(a);
      const channels = [await a.channel(), await a.channel(), await a.channel()];
      for (const [index, each] of channels.entries()) {
        each.publish({ key: a.name('q'), body: `from ${index}` });
        await each.sync();
      }
      await ch.drain(a.name('q'));
    }),
  ],
};
