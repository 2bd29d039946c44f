import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import type { Received } from '../inbox.ts';
import { type Area, scenario } from '../scenario.ts';

/** A queue that dead-letters into the queue `grave` through the exchange `dlx`, which is a fanout. */
async function withGrave(a: Actor, args: Readonly<Record<string, Plain>> = {}): Promise<ChannelScript> {
  const ch = await a.channel();
  await ch.exchange(a.name('dlx'), 'fanout', { autoDelete: true });
  await ch.queue(a.name('grave'), { exclusive: true });
  await ch.bind(a.name('grave'), a.name('dlx'));
  await ch.queue(a.name('q'), { exclusive: true, arguments: { 'x-dead-letter-exchange': a.name('dlx'), ...args } });
  return ch;
}

function headersOf(event: Received | undefined): Readonly<Record<string, Plain>> {
  const value = event?.properties?.find(([property]) => property === 'headers')?.[1];
  return typeof value === 'object' && !(value instanceof Uint8Array) ? Object.fromEntries(value) : {};
}

async function buried(a: Actor, ch: ChannelScript, count = 1): Promise<void> {
  await ch.until(a.name('grave'), count);
  for (let index = 0; index < count; index++) await ch.get(a.name('grave'));
}

export const deadLetters: Area = {
  name: 'dead letters',
  scenarios: [
    scenario('rejected', async (a) => {
      const ch = await withGrave(a);
      ch.publish({ key: a.name('q'), body: 'm', properties: { messageId: 'id', deliveryMode: 2 } });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await buried(a, ch);
    }),
    scenario('nacked, several at once', async (a) => {
      const ch = await withGrave(a);
      for (const body of ['1', '2', '3']) ch.publish({ key: a.name('q'), body });
      for (let index = 0; index < 3; index++) await ch.get(a.name('q'), false);
      ch.nack(2, { multiple: true });
      await buried(a, ch, 2);
      ch.nack(3, { requeue: true });
      await ch.until(a.name('q'), 1);
    }),
    scenario('expired by the queue', async (a) => {
      const ch = await withGrave(a, { 'x-message-ttl': 30 });
      ch.publish({ key: a.name('q'), body: 'm' });
      await buried(a, ch);
    }),
    scenario('expired by its own expiration, which is taken away', async (a) => {
      const ch = await withGrave(a, { 'x-dead-letter-routing-key': 'dead' });
      ch.publish({ key: a.name('q'), body: 'm', properties: { expiration: '30', priority: 3 }, headers: { mine: 'yes' } });
      await buried(a, ch);
    }),
    scenario('an expiration of 0', async (a) => {
      const ch = await withGrave(a);
      ch.publish({ key: a.name('q'), body: 'm', properties: { expiration: '0' } });
      await buried(a, ch);
    }),
    scenario('dropped by max-length', async (a) => {
      const ch = await withGrave(a, { 'x-max-length': 1 });
      ch.publish({ key: a.name('q'), body: '1' });
      ch.publish({ key: a.name('q'), body: '2' });
      await buried(a, ch);
      await ch.drain(a.name('q'));
    }),
    scenario('max-length 0 dead-letters everything', async (a) => {
      const ch = await withGrave(a, { 'x-max-length': 0 });
      ch.publish({ key: a.name('q'), body: '1' });
      await buried(a, ch);
    }),
    scenario('not by purge, not by deletion', async (a) => {
      const ch = await withGrave(a);
      ch.publish({ key: a.name('q'), body: '1' });
      await ch.call('queue.purge', { queue: a.name('q') });
      ch.publish({ key: a.name('q'), body: '2' });
      await ch.call('queue.delete', { queue: a.name('q') });
      await a.settle(30);
      await ch.get(a.name('grave'));
    }),
    scenario('not by an expiring queue', async (a) => {
      const ch = await withGrave(a, { 'x-expires': 50 });
      ch.publish({ key: a.name('q'), body: '1' });
      await a.settle(150);
      await ch.get(a.name('grave'));
    }),
    scenario('the routing keys of a dead letter: its own, with CC and without BCC', async (a) => {
      const ch = await withGrave(a);
      ch.publish({ exchange: 'amq.direct', key: 'nobody', headers: { CC: [a.name('q'), 'other'], BCC: ['hidden'] }, body: 'unrouted' });
      ch.publish({ key: a.name('q'), headers: { CC: ['other', 'more'], BCC: ['hidden'], kept: 1 }, body: 'm' });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await buried(a, ch);
    }),
    scenario('CC is taken away when the queue has a dead letter routing key', async (a) => {
      const ch = await withGrave(a, { 'x-dead-letter-routing-key': 'dead' });
      ch.publish({ key: a.name('q'), headers: { CC: ['other', 'more'], BCC: ['hidden'], kept: 1 }, body: 'm' });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await buried(a, ch);
    }),
    scenario('keys that a dead letter routing key took the place of count no more', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('dlx'), 'direct', { autoDelete: true });
      for (const queue of ['grave', 'other']) {
        await ch.queue(a.name(queue), { exclusive: true });
        await ch.bind(a.name(queue), a.name('dlx'), queue === 'grave' ? a.name('second') : 'other');
      }
      const dying = (key: string | undefined): Readonly<Record<string, Plain>> => ({
        'x-dead-letter-exchange': key === undefined ? a.name('dlx') : '',
        ...(key === undefined ? {} : { 'x-dead-letter-routing-key': key }),
      });
      await ch.queue(a.name('first'), { exclusive: true, arguments: dying(a.name('second')) });
      await ch.queue(a.name('second'), { exclusive: true, arguments: dying(undefined) });
      ch.publish({ key: a.name('first'), headers: { CC: ['other'], BCC: ['hidden'] }, body: 'm' });
      for (const [queue, tag] of [
        ['first', 1],
        ['second', 2],
      ] as const) {
        await ch.until(a.name(queue), 1);
        await ch.get(a.name(queue), false);
        ch.reject(tag);
      }
      await buried(a, ch);
      await ch.get(a.name('other'));
    }),
    scenario('headers that already have the names', async (a) => {
      const ch = await withGrave(a);
      ch.publish({ key: a.name('q'), headers: { 'x-death': 'not a table', 'x-first-death-queue': 'before' }, body: 'm' });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await buried(a, ch);
    }),
    scenario('an x-death that the client made up', async (a) => {
      const ch = await withGrave(a);
      ch.publish({
        key: a.name('q'),
        headers: {
          'x-death': [{ count: 7, reason: 'rejected', queue: a.name('q'), exchange: 'x', 'routing-keys': ['k'] }, { queue: 'odd' }],
        },
        body: 'm',
      });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await buried(a, ch);
    }),
    scenario('repeated deaths are counted, newest first', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('work'), {
        exclusive: true,
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('wait') },
      });
      await ch.queue(a.name('wait'), {
        exclusive: true,
        arguments: { 'x-message-ttl': 10, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('work') },
      });
      ch.publish({ key: a.name('work'), body: 'm', properties: { messageId: 'id' } });
      for (let round = 1; round <= 3; round++) {
        await ch.until(a.name('work'), 1);
        await ch.get(a.name('work'), false);
        ch.reject(round);
      }
      await ch.until(a.name('work'), 1);
      await ch.get(a.name('work'), true);
    }),
    scenario('a cycle of expiries only is broken', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('loop'), {
        exclusive: true,
        arguments: { 'x-message-ttl': 20, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('loop') },
      });
      ch.publish({ key: a.name('loop'), body: 'm' });
      await a.settle(120);
      await ch.queue(a.name('loop'), { passive: true });
    }),
    scenario('a cycle over two queues of expiries only is broken', async (a) => {
      const ch = await a.channel();
      for (const [name, next] of Object.entries({ one: 'two', two: 'one' })) {
        await ch.queue(a.name(name), {
          exclusive: true,
          arguments: { 'x-message-ttl': 15, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name(next) },
        });
      }
      ch.publish({ key: a.name('one'), body: 'm' });
      await a.settle(150);
      await ch.queue(a.name('one'), { passive: true });
      await ch.queue(a.name('two'), { passive: true });
    }),
    scenario('a queue whose overflow goes to itself', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), {
        exclusive: true,
        arguments: { 'x-max-length': 1, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('q') },
      });
      ch.publish({ key: a.name('q'), body: '1' });
      ch.publish({ key: a.name('q'), body: '2' });
      await a.settle(60);
      await ch.queue(a.name('q'), { passive: true });
    }),
    scenario('rejected back into its own queue', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), {
        exclusive: true,
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('q') },
      });
      ch.publish({ key: a.name('q'), body: 'm' });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'), false);
      ch.reject(2);
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'));
    }),
    scenario('a dead letter exchange that does not exist drops', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true, arguments: { 'x-dead-letter-exchange': a.name('gone') } });
      ch.publish({ key: a.name('q'), body: 'm' });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await ch.sync();
      await ch.get(a.name('q'));
    }),
    scenario('a dead letter exchange with an alternate exchange', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('dlx'), 'direct', { arguments: { 'alternate-exchange': 'amq.fanout' } });
      await ch.queue(a.name('grave'), { exclusive: true });
      await ch.exchange(a.name('ae'), 'fanout');
      await ch.call('exchange.delete', { exchange: a.name('dlx') });
      await ch.exchange(a.name('dlx'), 'direct', { arguments: { 'alternate-exchange': a.name('ae') } });
      await ch.bind(a.name('grave'), a.name('ae'));
      await ch.queue(a.name('q'), { exclusive: true, arguments: { 'x-dead-letter-exchange': a.name('dlx') } });
      ch.publish({ key: a.name('q'), body: 'm' });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await buried(a, ch);
      await ch.call('exchange.delete', { exchange: a.name('dlx') });
      await ch.call('exchange.delete', { exchange: a.name('ae') });
    }),
    scenario('a message that died in two queues', async (a) => {
      const ch = await withGrave(a, { 'x-message-ttl': 20 });
      await ch.queue(a.name('first'), {
        exclusive: true,
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('q') },
      });
      ch.publish({ key: a.name('first'), body: 'm', properties: { expiration: '5000' } });
      await ch.get(a.name('first'), false);
      ch.reject(1);
      await buried(a, ch);
    }),
    scenario('a message that died in four queues, and in the second again', async (a) => {
      const ch = await a.channel();
      const way = ['one', 'two', 'three', 'four', 'two', 'end'];
      for (const name of new Set(way)) {
        await ch.queue(a.name(name), {
          exclusive: true,
          arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('hub') },
        });
      }
      await ch.queue(a.name('hub'), { exclusive: true });
      ch.publish({ key: a.name('hub'), body: 'm' });
      for (const [index, name] of way.entries()) {
        await ch.until(a.name('hub'), 1);
        const event = await ch.get(a.name('hub'));
        ch.publish({ key: a.name(name), body: 'm', headers: headersOf(event) });
        await ch.until(a.name(name), 1);
        await ch.get(a.name(name), false);
        ch.reject(2 * (index + 1));
      }
      await ch.until(a.name('hub'), 1);
      await ch.get(a.name('hub'));
    }),
    scenario('expired while it was unacknowledged', async (a) => {
      const ch = await withGrave(a, { 'x-message-ttl': 300 });
      ch.publish({ key: a.name('q'), body: 'm' });
      await ch.get(a.name('q'), false);
      await a.settle(400);
      ch.reject(1, true);
      await buried(a, ch);
    }),
    scenario('dead letters keep their order', async (a) => {
      const ch = await withGrave(a, { 'x-message-ttl': 40 });
      for (let index = 0; index < 10; index++) ch.publish({ key: a.name('q'), body: `m${index}` });
      await ch.until(a.name('grave'), 10);
      await ch.drain(a.name('grave'));
    }),
    scenario('dead letters reach a consumer that waits', async (a) => {
      const ch = await withGrave(a);
      await ch.consume(a.name('grave'), { tag: 'undertaker', noAck: true });
      ch.publish({ key: a.name('q'), body: 'm' });
      await ch.get(a.name('q'), false);
      ch.reject(1);
      await ch.take();
    }),
  ],
};
