import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { type Area, scenario } from '../scenario.ts';

type Headers = Readonly<Record<string, Plain>>;

/** A channel, a delayed exchange and a queue bound with the key `k`. */
async function delaying(a: Actor, args: Headers = {}): Promise<ChannelScript> {
  const ch = await a.channel();
  const all = { 'x-delayed-type': 'direct', ...args };
  await ch.exchange(a.name('d'), 'x-delayed-message', { autoDelete: true, arguments: all });
  await ch.queue(a.name('q'), { exclusive: true });
  await ch.bind(a.name('q'), a.name('d'), 'k');
  return ch;
}

function publish(a: Actor, ch: ChannelScript, delay: Plain, body: string, more: Headers = {}): void {
  ch.publish({ exchange: a.name('d'), key: 'k', body, headers: { ...more, 'x-delay': delay } });
}

export const delayedMessages: Area = {
  name: 'delayed messages',
  plugin: 'rabbitmq_delayed_message_exchange',
  scenarios: [
    scenario('they come when it is time, the shortest delay first', async (a) => {
      const ch = await delaying(a);
      publish(a, ch, 1_800, 'last');
      publish(a, ch, 600, 'first');
      publish(a, ch, 1_200, 'second');
      ch.publish({ exchange: a.name('d'), key: 'k', body: 'now' });
      await ch.sync();
      await ch.drain(a.name('q'));
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'));
      await ch.until(a.name('q'), 2);
      await ch.drain(a.name('q'));
    }),
    scenario('x-delay of every type', async (a) => {
      // Far enough apart: those that wait as long as each other come in the order of their publication.
      const delays: readonly Plain[] = [
        ...([
          { type: 'b', value: 120 },
          { type: 'B', value: 250 },
          { type: 's', value: 800 },
          { type: 'u', value: 800 },
        ] as const),
        ...([{ type: 'i', value: 800 }, { type: 'f', value: 800.5 }, 800, '800', '+800', '0800', 800.9, 800n] as const),
      ];
      const ch = await delaying(a);
      for (const [index, delay] of delays.entries()) {
        publish(a, ch, delay, `m${index}`);
        await ch.sync();
        await a.settle(15);
      }
      await ch.count(a.name('q'));
      await ch.until(a.name('q'), delays.length);
      for (let count = 0; count < delays.length; count++) await ch.get(a.name('q'));
    }),
    scenario('x-delay that is no delay', async (a) => {
      const ch = await delaying(a);
      const delays: readonly Plain[] = [
        ...([
          0,
          -5,
          '0',
          '-7',
          0.9,
          4_294_967_296,
          true,
          null,
          [],
          {},
          { type: 'T', value: 5n },
          { type: 'x', value: Buffer.from('50') },
        ] as const),
      ];
      for (const [index, delay] of delays.entries()) publish(a, ch, delay, `m${index}`);
      await ch.sync();
      for (let count = 0; count < delays.length; count++) await ch.get(a.name('q'));
      await ch.get(a.name('q'));
    }),
    ...(['soon', '', '1.5', ' 1', '1 '] as const).map((delay) =>
      scenario(`x-delay of ${JSON.stringify(delay)}`, async (a) => {
        const ch = await delaying(a);
        publish(a, ch, delay, 'm');
        await ch.take(1);
      }),
    ),
    scenario('x-delay of a decimal', async (a) => {
      const ch = await delaying(a);
      publish(a, ch, { type: 'D', value: [1, 500] }, 'm');
      await ch.take(1);
    }),
    scenario('headers and properties survive', async (a) => {
      const ch = await delaying(a);
      ch.publish({
        exchange: a.name('d'),
        key: 'k',
        body: 'm',
        headers: { zebra: 'z', 'x-delay': 100, alpha: 1 },
        properties: { messageId: 'id', priority: 3, deliveryMode: 2, expiration: '60000', replyTo: 'r' },
      });
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'));
    }),
    scenario('mandatory, and confirms', async (a) => {
      const ch = await delaying(a);
      await ch.confirmSelect();
      ch.publish({ exchange: a.name('d'), key: 'k', body: 'm', headers: { 'x-delay': 100 }, mandatory: true });
      await ch.confirms();
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
    }),
    scenario('the alternate exchange gets it at once', async (a) => {
      const ch = await delaying(a, { 'alternate-exchange': 'amq.fanout' });
      await ch.queue(a.name('rest'), { exclusive: true });
      await ch.bind(a.name('rest'), 'amq.fanout');
      publish(a, ch, 300, 'm');
      await ch.sync();
      await ch.get(a.name('rest'));
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
      await ch.drain(a.name('rest'));
    }),
    scenario('behind another exchange', async (a) => {
      const ch = await delaying(a);
      await ch.exchange(a.name('first'), 'fanout', { autoDelete: true });
      await ch.call('exchange.bind', { destination: a.name('d'), source: a.name('first'), routingKey: '' });
      ch.publish({ exchange: a.name('first'), key: 'k', body: 'm', headers: { 'x-delay': 700 } });
      await ch.sync();
      await ch.drain(a.name('q'));
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'));
    }),
    scenario('a delayed exchange behind a delayed exchange', async (a) => {
      const ch = await delaying(a);
      await ch.exchange(a.name('e'), 'x-delayed-message', { autoDelete: true, arguments: { 'x-delayed-type': 'fanout' } });
      await ch.call('exchange.bind', { destination: a.name('e'), source: a.name('d'), routingKey: 'k' });
      await ch.queue(a.name('r'), { exclusive: true });
      await ch.bind(a.name('r'), a.name('e'));
      publish(a, ch, 200, 'm');
      await ch.until(a.name('r'), 1);
      await ch.get(a.name('r'));
    }),
    scenario('dead letters are delayed too', async (a) => {
      const ch = await delaying(a);
      const args = { 'x-dead-letter-exchange': a.name('d'), 'x-dead-letter-routing-key': 'k' };
      await ch.queue(a.name('dying'), { exclusive: true, arguments: args });
      ch.publish({ key: a.name('dying'), body: 'm', headers: { 'x-delay': 700 } });
      await ch.sync();
      await ch.get(a.name('dying'), false);
      ch.nack(1);
      await a.settle(50);
      await ch.drain(a.name('q'));
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('q'));
    }),
    scenario('CC', async (a) => {
      const ch = await delaying(a);
      await ch.queue(a.name('cc'), { exclusive: true });
      await ch.bind(a.name('cc'), a.name('d'), 'cc');
      publish(a, ch, 100, 'm', { CC: ['cc'] });
      await ch.until(a.name('cc'), 1);
      await ch.until(a.name('q'), 1);
      await ch.get(a.name('cc'));
      await ch.get(a.name('q'));
    }),
    scenario('BCC', async (a) => {
      const ch = await delaying(a);
      await ch.queue(a.name('bcc'), { exclusive: true });
      await ch.bind(a.name('bcc'), a.name('d'), 'bcc');
      publish(a, ch, 100, 'm', { BCC: ['bcc'] });
      await ch.until(a.name('bcc'), 1);
      await ch.get(a.name('bcc'));
    }),
    scenario('in a transaction', async (a) => {
      const ch = await delaying(a);
      await ch.call('tx.select');
      publish(a, ch, 100, 'm');
      await ch.call('tx.rollback');
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
    }),
    scenario('bindings of the moment when it comes count', async (a) => {
      const ch = await delaying(a);
      await ch.queue(a.name('late'), { exclusive: true });
      publish(a, ch, 700, 'm');
      await ch.bind(a.name('late'), a.name('d'), 'k');
      await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('d'), routingKey: 'k' });
      await ch.until(a.name('late'), 1);
      await ch.drain(a.name('q'));
    }),
    scenario('an exchange that goes takes its messages along', async (a) => {
      const ch = await delaying(a);
      publish(a, ch, 700, 'm');
      await ch.sync();
      await ch.call('exchange.delete', { exchange: a.name('d') });
      await a.settle(1_200);
      await ch.drain(a.name('q'));
    }),
    scenario('types behind it', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('t'), 'x-delayed-message', { autoDelete: true, arguments: { 'x-delayed-type': 'topic' } });
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.bind(a.name('q'), a.name('t'), 'a.*');
      ch.publish({ exchange: a.name('t'), key: 'a.b', body: 'm1', headers: { 'x-delay': 50 } });
      ch.publish({ exchange: a.name('t'), key: 'a.b.c', body: 'm2', headers: { 'x-delay': 50 } });
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
      await ch.exchange(a.name('c'), 'x-delayed-message', { autoDelete: true, arguments: { 'x-delayed-type': 'x-consistent-hash' } });
      await ch.bind(a.name('q'), a.name('c'), '1');
      ch.publish({ exchange: a.name('c'), key: 'any', body: 'm3', headers: { 'x-delay': 50 } });
      await ch.until(a.name('q'), 1);
      await ch.drain(a.name('q'));
      await ch.bind(a.name('q'), a.name('c'), 'heavy');
    }),
    ...[
      {},
      { 'x-delayed-type': 5 },
      { 'x-delayed-type': '' },
      { 'x-delayed-type': 'nope' },
      { 'x-delayed-type': 'x-delayed-message' },
      { 'x-delayed-type': true },
      { 'x-delayed-type': 'headers', 'hash-property': 'colour' },
      { 'x-delayed-type': 'x-consistent-hash', 'hash-property': 'colour' },
    ].map((args) =>
      scenario(`declared with ${JSON.stringify(args)}`, async (a) => {
        const ch = await a.channel();
        await ch.exchange(a.name('x'), 'x-delayed-message', { autoDelete: true, arguments: args });
        if (!ch.isClosed) await ch.call('exchange.delete', { exchange: a.name('x') });
      }),
    ),
    scenario('declared again with another type', async (a) => {
      const ch = await delaying(a);
      await ch.exchange(a.name('d'), 'x-delayed-message', { autoDelete: true, arguments: { 'x-delayed-type': 'fanout' } });
      await ch.exchange(a.name('d'), 'x-delayed-message', { autoDelete: true });
      await ch.exchange(a.name('d'), 'direct', { autoDelete: true });
    }),
  ],
};
