import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import { type Area, scenario } from '../scenario.ts';

/** RabbitMQ counts connections and channels behind their back; a busy machine takes its time. */
const counting_milliseconds = 1_000;

/** A new channel of the user `scoped`, who may configure `mine…`, and write and read `mine…` and amq.topic under `open.`. */
async function scoped(a: Actor): Promise<() => Promise<ChannelScript>> {
  const connection = await a.connect({ label: 's', user: 'scoped', password: 'scoped' });
  return () => connection.channel();
}

export const permissions: Area = {
  name: 'permissions',
  scenarios: [
    scenario('a user who may only read', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { autoDelete: true });
      ch.publish({ key: a.name('q'), body: 'm' });
      const b = await a.connect({ label: 'r', user: 'reader', password: 'reader' });
      await (await b.channel()).queue(a.name('q'), { passive: true });
      await (await b.channel()).queue(a.name('q'));
      await (await b.channel()).queue(a.name('new'));
      await (await b.channel()).queue('');
      await (await b.channel()).exchange(a.name('x'), 'direct');
      await (await b.channel()).exchange('amq.direct', 'direct', { passive: true });
      await (await b.channel()).bind(a.name('q'), 'amq.direct', 'k');
      await (await b.channel()).call('queue.unbind', { queue: a.name('q'), exchange: 'amq.direct', routingKey: 'k' });
      await (await b.channel()).call('exchange.bind', { destination: 'amq.fanout', source: 'amq.direct' });
      await (await b.channel()).get(a.name('q'), false);
      await (await b.channel()).call('queue.purge', { queue: a.name('q') });
      await (await b.channel()).consume(a.name('q'));
      await (await b.channel()).call('queue.delete', { queue: a.name('q') });
      await (await b.channel()).call('queue.delete', { queue: a.name('never') });
      await (await b.channel()).call('exchange.delete', { exchange: a.name('never') });
      const writer = await b.channel();
      writer.publish({ exchange: 'amq.direct', key: 'k', body: 'm' });
      await writer.sync();
      const direct = await b.channel();
      direct.publish({ key: a.name('q'), body: 'm' });
      await direct.sync();
      const missing = await b.channel();
      missing.publish({ exchange: a.name('nope'), key: 'k', body: 'm' });
      await missing.sync();
    }),
    scenario('patterns', async (a) => {
      const channel = await scoped(a);
      const ch = await channel();
      await ch.queue(a.name('mine'), { exclusive: true });
      await (await channel()).queue(a.name('yours'), { exclusive: true });
      await (await channel()).queue(a.name('notmine'), { exclusive: true });
      await (await channel()).exchange(a.name('mine-x'), 'direct', { autoDelete: true });
      await ch.bind(a.name('mine'), a.name('mine-x'), 'k');
      await (await channel()).bind(a.name('mine'), 'amq.direct', 'k');
      await (await channel()).call('exchange.bind', { destination: a.name('mine-x'), source: 'amq.direct' });
      await (await channel()).call('exchange.bind', { destination: 'amq.direct', source: a.name('mine-x') });
      const writer = await channel();
      writer.publish({ exchange: a.name('mine-x'), key: 'k', body: 'm' });
      await writer.sync();
      await ch.drain(a.name('mine'));
      const other = await channel();
      other.publish({ exchange: 'amq.direct', key: 'k', body: 'm' });
      await other.sync();
      const direct = await channel();
      direct.publish({ key: a.name('mine'), body: 'm' });
      await direct.sync();
    }),
    scenario('dead letter and alternate exchanges need permission too', async (a) => {
      const channel = await scoped(a);
      await (await channel()).queue(a.name('mine'), { exclusive: true, arguments: { 'x-dead-letter-exchange': 'amq.direct' } });
      await (await channel()).queue(a.name('mine'), { exclusive: true, arguments: { 'x-dead-letter-exchange': a.name('mine-x') } });
      await (await channel()).exchange(a.name('mine-x'), 'direct', { arguments: { 'alternate-exchange': 'amq.direct' } });
      await (await channel()).exchange(a.name('mine-y'), 'direct', {
        autoDelete: true,
        arguments: { 'alternate-exchange': a.name('mine-x') },
      });
    }),
    scenario('topic permissions', async (a) => {
      const channel = await scoped(a);
      const ch = await channel();
      await ch.queue(a.name('mine'), { exclusive: true });
      await ch.bind(a.name('mine'), 'amq.topic', 'open.#');
      await (await channel()).bind(a.name('mine'), 'amq.topic', 'closed.#');
      await (await channel()).call('queue.unbind', { queue: a.name('mine'), exchange: 'amq.topic', routingKey: 'closed.#' });
      ch.publish({ exchange: 'amq.topic', key: 'open.door', body: 'm' });
      await ch.sync();
      await ch.drain(a.name('mine'));
      ch.publish({ exchange: 'amq.topic', key: 'closed.door', body: 'm' });
      await ch.take();
    }),
    scenario('limits of a user', async (a) => {
      const first = await a.connect({ label: 'f', user: 'few', password: 'few' });
      const channels = [await first.channel(), await first.channel()];
      await a.settle(counting_milliseconds);
      await a.connect({ label: 'g', user: 'few', password: 'few' });
      await first.at(3).call('channel.open');
      a.note(`${channels.length} channels`);
      await first.takeToEnd();
      await a.settle(counting_milliseconds);
      const again = await a.connect({ label: 'h', user: 'few', password: 'few' });
      await again.channel();
    }),
    scenario('limits of a vhost', async (a) => {
      const first = await a.connect({ label: 't', vhost: 'tight' });
      const ch = await first.channel();
      await a.settle(counting_milliseconds);
      await a.connect({ label: 'u', vhost: 'tight' });
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.queue(a.name('r'), { exclusive: true });
    }),
    scenario('vhosts are apart', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      const b = await a.connect({ label: 'v', vhost: 'side' });
      await (await b.channel()).queue(a.name('q'), { passive: true });
      await (await b.channel()).exchange('amq.direct', 'direct', { durable: true });
      const theirs = await b.channel();
      await theirs.queue(a.name('q'), { exclusive: true });
      theirs.publish({ key: a.name('q'), body: 'm' });
      await theirs.sync();
      await ch.get(a.name('q'));
      await theirs.get(a.name('q'));
      await (await b.channel()).queue(a.name('nope'), { passive: true });
    }),
  ],
};
