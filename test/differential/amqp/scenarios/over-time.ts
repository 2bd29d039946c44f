import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { type Arguments, frame, frame_types, headerPayload, methodPayload } from '../codec/frames.ts';
import { confirming, publishConfirmed } from '../fresh-queue.ts';
import { quorum, remove, replicated } from '../replicated-queue.ts';
import { type Area, scenario } from '../scenario.ts';

type Headers = Readonly<Record<string, Plain>>;

/** What a quorum queue does with an acknowledgement, it does in its own time. */
async function count(a: Actor, ch: ChannelScript): Promise<void> {
  await ch.sync();
  await a.settle(60);
  await ch.queue(a.name('q'), { passive: true });
}

async function consumer(a: Actor, tag: string, prefetch: number, args: Headers = {}): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.qos(prefetch);
  await ch.consume(a.name('q'), { tag, arguments: args });
  return ch;
}

function method(channel: number, name: string, args: Arguments): Uint8Array {
  return frame(frame_types.method, channel, methodPayload(name, args));
}

function publication(routingKey: string, mandatory: boolean): readonly Uint8Array[] {
  const header = frame(frame_types.header, 1, headerPayload({}, 1));
  return [method(1, 'basic.publish', { exchange: '', routingKey, mandatory }), header, frame(frame_types.body, 1, Buffer.from('m'))];
}

const single: Headers = { 'x-single-active-consumer': true };

/** What random walks found, one difference each. */
export const overTime: Area = {
  name: 'over time',
  scenarios: [
    scenario('cancel notifications come in the order of the tags', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      for (const tag of ['x', 'c10', 'k', 'c9', 'b']) await ch.consume(a.name('q'), { tag });
      await ch.call('queue.delete', { queue: a.name('q') });
      await ch.take(5);
    }),
    scenario('declaring a quorum queue counts a cancelled consumer that has messages', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, 'm1', 'm2');
      const reader = await consumer(a, 'c', 2);
      await reader.take(2);
      await reader.consume(a.name('q'), { tag: 'd' });
      await reader.call('basic.cancel', { consumerTag: 'd' });
      await reader.call('basic.cancel', { consumerTag: 'c' });
      await count(a, ch);
      reader.ack(1);
      await count(a, ch);
      reader.ack(2);
      await reader.sync();
      await count(a, ch);
      await remove(a);
    }),
    scenario('declaring a quorum queue with single active consumer counts the active one', async (a) => {
      const ch = await confirming(quorum(a, single));
      await count(a, ch);
      const first = await consumer(a, 'c', 1);
      await consumer(a, 'd', 1);
      await consumer(a, 'e', 1);
      await count(a, ch);
      await publishConfirmed(a, ch, 'm1', 'm2');
      await first.take(1);
      await first.call('basic.cancel', { consumerTag: 'c' });
      await count(a, ch);
      await remove(a);
    }),
    scenario('who consumes again with the same tag still has what it had', async (a) => {
      const ch = await confirming(quorum(a));
      await publishConfirmed(a, ch, 'm1', 'm2', 'm3');
      const reader = await consumer(a, 'c', 1);
      await reader.take(1);
      await reader.call('basic.cancel', { consumerTag: 'c' });
      await reader.consume(a.name('q'), { tag: 'c' });
      await reader.quiet(60);
      await count(a, ch);
      await reader.close();
      await count(a, ch);
      await (await consumer(a, 'c', 5)).bodies(3);
      await remove(a);
    }),
    scenario('what a channel leaves behind comes back consumer by consumer', async (a) => {
      const ch = await confirming(quorum(a));
      const b = await a.connect({ label: 'b' });
      const reader = await b.channel();
      await reader.qos(2);
      for (const tag of ['k', 'x', 'c']) await reader.consume(a.name('q'), { tag });
      await publishConfirmed(a, ch, 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8');
      await reader.take(6);
      for (const _ of ['m7', 'm8']) await reader.get(a.name('q'), false);
      await reader.call('basic.cancel', { consumerTag: 'x' });
      await reader.close();
      await ch.until(a.name('q'), 8);
      await (await consumer(a, 'again', 10)).bodies(8);
      await remove(a);
    }),
    scenario('what comes back is delivered before the queue drops what is too much', async (a) => {
      const ch = await confirming(quorum(a, { 'x-max-length': 1 }));
      const reader = await consumer(a, 'c', 3);
      await publishConfirmed(a, ch, 'm1', 'm2', 'm3', 'm4', 'm5');
      await reader.bodies(3);
      reader.nack(3, { multiple: true, requeue: true });
      await reader.bodies(3);
      await reader.close();
      await a.settle(60);
      await (await consumer(a, 'd', 10)).bodies(1);
      await remove(a);
    }),
    scenario('an active consumer that has to go returns its last message', async (a) => {
      const ch = await confirming(quorum(a, single));
      const low = await consumer(a, 'low', 1, { 'x-priority': -1 });
      await publishConfirmed(a, ch, 'm1');
      await low.take(1);
      const high = await consumer(a, 'high', 1);
      low.nack(1, { requeue: true });
      await low.sync();
      await count(a, ch);
      await low.quiet(20);
      await high.quiet(20);
      const last = await consumer(a, 'last', 1);
      await a.settle(60);
      await low.quiet(20);
      await high.quiet(20);
      await last.quiet(20);
      await remove(a);
    }),
    scenario('an active consumer that has to go acknowledges its last message', async (a) => {
      const ch = await confirming(quorum(a, single));
      const low = await consumer(a, 'low', 1, { 'x-priority': -1 });
      await publishConfirmed(a, ch, 'm1', 'm2');
      await low.take(1);
      const high = await consumer(a, 'high', 1);
      low.nack(1);
      await low.sync();
      await count(a, ch);
      await low.quiet(20);
      await high.quiet(20);
      await remove(a);
    }),
    scenario('the next active consumer has priority or came first', async (a) => {
      await confirming(quorum(a, single));
      const ch = await a.channel();
      for (const [tag, priority] of [
        ['a', 0],
        ['b', -1],
        ['c', 0],
      ] as const) {
        await ch.consume(a.name('q'), { tag, arguments: { 'x-priority': priority } });
      }
      await ch.call('basic.cancel', { consumerTag: 'a' });
      ch.publish({ key: a.name('q'), body: 'm1' });
      await ch.bodies(1);
      ch.publish({ key: a.name('q'), body: 'm2' });
      await ch.take(1);
      await remove(a);
    }),
    scenario('readers of a stream on one channel: the last of their tags first', async (a) => {
      const ch = await confirming(replicated(a, 'stream'));
      const reader = await a.channel();
      await reader.qos(2);
      for (const tag of ['k', 'x', 'c']) await reader.consume(a.name('q'), { tag });
      await publishConfirmed(a, ch, 'm1');
      await reader.take(3);
      await publishConfirmed(a, ch, 'm2');
      await reader.take(3);
      await publishConfirmed(a, ch, 'm3');
      reader.ack(6, true);
      await reader.take(3);
      await publishConfirmed(a, ch, 'm4');
      await reader.take(3);
      await publishConfirmed(a, ch, 'm5');
      reader.send('basic.recover', { requeue: true });
      await reader.take(4);
      await remove(a);
    }),
    scenario('a prefetch for the whole channel is none of the business of streams and quorum queues', async (a) => {
      for (const type of ['quorum', 'stream'] as const) {
        const ch = await confirming(replicated(a, type));
        const reader = await consumer(a, 'c', 4);
        await reader.qos(1, true);
        await publishConfirmed(a, ch, 'm1', 'm2', 'm3', 'm4', 'm5');
        await reader.bodies(4);
        await reader.quiet(30);
        reader.ack(1);
        await reader.bodies(1);
        await remove(a);
      }
    }),
    scenario('dead letters to the queue where they died reach its consumer before they are too many', async (a) => {
      const ch = await a.channel();
      const args = { 'x-max-length': 1, 'x-dead-letter-exchange': '' };
      await ch.queue(a.name('q'), { exclusive: true, arguments: args });
      await ch.confirmSelect();
      const reader = await consumer(a, 'c', 5);
      await publishConfirmed(a, ch, 'm1', 'm2', 'm3');
      await reader.bodies(3);
      reader.nack(3, { multiple: true });
      await reader.bodies(3);
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('a dead letter comes back to a full queue that rejects, when its consumer made room', async (a) => {
      const ch = await a.channel();
      const args = { 'x-max-length': 2, 'x-overflow': 'reject-publish', 'x-dead-letter-exchange': '' };
      await ch.queue(a.name('q'), { exclusive: true, arguments: args });
      await ch.confirmSelect();
      const reader = await consumer(a, 'c', 1);
      await publishConfirmed(a, ch, 'm1', 'm2', 'm3', 'm4');
      await reader.bodies(1);
      reader.reject(1);
      await reader.bodies(1);
      await ch.until(a.name('q'), 2);
      await ch.drain(a.name('q'));
    }),
    scenario('a quorum queue that rejects when it is full takes dead letters', async (a) => {
      const ch = await confirming(quorum(a, { 'x-max-length': 1, 'x-overflow': 'reject-publish', 'x-dead-letter-exchange': '' }));
      const reader = await consumer(a, 'c', 3);
      await publishConfirmed(a, ch, 'm1', 'm2', 'm3');
      await reader.bodies(3);
      await reader.call('basic.cancel', { consumerTag: 'c' });
      reader.nack(3, { multiple: true });
      await ch.until(a.name('q'), 3);
      await (await consumer(a, 'd', 5)).take(3);
      await remove(a);
    }),
    scenario('a dead letter that failed tells so to a consumer that waits at a quorum queue', async (a) => {
      await confirming(quorum(a, { 'x-dead-letter-exchange': '' }));
      const ch = await consumer(a, 'c', 3);
      ch.publish({ key: a.name('q'), body: 'm1' });
      await ch.take(1);
      ch.reject(1);
      await ch.take(1);
      ch.nack(2);
      await ch.take(1);
      await remove(a);
    }),
    scenario('what a quorum queue drops at once', async (a) => {
      const grave = a.name('grave');
      const args = { 'x-max-length-bytes': 500, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': grave };
      const ch = await confirming(quorum(a, args));
      await ch.queue(grave, { exclusive: true });
      await publishConfirmed(a, ch, 'a'.repeat(40), 'b'.repeat(41), 'c'.repeat(42), 'd'.repeat(450));
      await ch.until(grave, 3);
      await ch.drain(grave);
      await remove(a);
    }),
    scenario('what comes to the head of a priority queue by its priority does not expire by itself', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true, arguments: { 'x-max-priority': 3 } });
      ch.publish({ key: a.name('q'), body: 'm1' });
      for (const body of ['m2', 'm3']) ch.publish({ key: a.name('q'), body, properties: { priority: 3, expiration: '1' } });
      await ch.sync();
      await a.settle(80);
      await ch.queue(a.name('q'), { passive: true });
      await ch.get(a.name('q'));
      await ch.get(a.name('q'));
    }),
    scenario('each message that no queue takes is confirmed before the next is looked at', async (a) => {
      for (const mandatory of [true, false]) {
        const b = await a.connect({ label: 'b' });
        const ch = await b.channel();
        await ch.call('confirm.select');
        const unroutable = publication(a.name('nowhere'), mandatory);
        b.raw('three unroutable messages at once', Buffer.concat([...unroutable, ...unroutable, ...unroutable]));
        await ch.take(mandatory ? 6 : 3);
      }
    }),
    scenario('a message that no queue takes is confirmed though everything is closed with it', async (a) => {
      for (const [number, name] of [
        [1, 'channel.close'],
        [0, 'connection.close'],
      ] as const) {
        const b = await a.connect({ label: 'b' });
        const ch = await b.channel();
        await ch.call('confirm.select');
        const close = method(number, name, { replyCode: 200, replyText: 'bye' });
        b.raw(`an unroutable message and ${name} at once`, Buffer.concat([...publication(a.name('nowhere'), true), close]));
        await ch.take(number === 1 ? 3 : 2);
        if (number === 0) await b.take(1);
      }
    }),
  ],
};
