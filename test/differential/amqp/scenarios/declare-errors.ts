import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import type { Plain } from '../codec/fields.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';

/** One queue argument after the other, each with its refusal (or not), on a queue that stays undeclared. */
async function refusals(a: Actor, values: readonly (readonly [string, Plain])[], options: { readonly type?: string } = {}): Promise<void> {
  for (const [name, value] of values) {
    const ch = await a.channel();
    const args = options.type === undefined ? { [name]: value } : { 'x-queue-type': options.type, [name]: value };
    await ch.queue(a.name('arg'), { arguments: args, durable: options.type !== undefined });
    if (!ch.isClosed) await ch.call('queue.delete', { queue: a.name('arg') });
  }
}

/** Declares a queue one way, then another way on a second channel. */
function redeclared(
  name: string,
  first: Parameters<ChannelScript['queue']>[1],
  ...others: readonly Parameters<ChannelScript['queue']>[1][]
): Scenario {
  return scenario(name, async (a) => {
    const ch = await a.channel();
    await ch.queue(a.name('q'), first);
    for (const other of others) await (await a.channel()).queue(a.name('q'), other);
    await ch.call('queue.delete', { queue: a.name('q') });
  });
}

function redeclaredExchange(
  name: string,
  first: readonly [string, Parameters<ChannelScript['exchange']>[2]],
  ...others: readonly (readonly [string, Parameters<ChannelScript['exchange']>[2]])[]
): Scenario {
  return scenario(name, async (a) => {
    const ch = await a.channel();
    await ch.exchange(a.name('x'), ...first);
    for (const other of others) await (await a.channel()).exchange(a.name('x'), ...other);
    await ch.call('exchange.delete', { exchange: a.name('x') });
  });
}

export const declareErrors: Area = {
  name: 'declaration errors',
  scenarios: [
    redeclared('queue durable differs', { durable: true }, {}, { durable: true }, { passive: true }),
    redeclared('queue auto-delete differs', { autoDelete: true }, {}, { autoDelete: true, durable: true }),
    redeclared('queue exclusive differs', { exclusive: true }, {}, { exclusive: true }, { passive: true }),
    redeclared('queue is made exclusive', {}, { exclusive: true }),
    redeclared('queue property differs before an argument does', { durable: true }, { arguments: { 'x-expires': 1000 } }),
    redeclared(
      'queue TTL differs',
      { arguments: { 'x-message-ttl': 5000 } },
      {},
      { arguments: { 'x-message-ttl': 5001 } },
      { arguments: { 'x-message-ttl': { type: 'l', value: 5000n } } },
      { arguments: { 'x-message-ttl': { type: 's', value: 5000 } } },
      { arguments: { 'x-message-ttl': 5000 } },
    ),
    redeclared(
      'queue argument appears',
      {},
      { arguments: { 'x-message-ttl': 5 } },
      { arguments: { 'x-expires': 60_000 } },
      { arguments: { 'x-max-length': 5 } },
      { arguments: { 'x-max-length-bytes': 5 } },
      { arguments: { 'x-dead-letter-exchange': 'y' } },
      { arguments: { 'x-overflow': 'reject-publish' } },
      { arguments: { 'x-max-priority': 3 } },
      { arguments: { 'x-queue-mode': 'lazy' } },
      { arguments: { 'x-single-active-consumer': true } },
      { arguments: { 'x-queue-type': 'classic' } },
      { arguments: { 'x-queue-type': 'quorum' }, durable: true },
      { arguments: { 'x-unknown': 'anything' } },
    ),
    redeclared(
      'queue argument of string type differs',
      { arguments: { 'x-dead-letter-exchange': 'dlx', 'x-dead-letter-routing-key': 'k', 'x-overflow': 'drop-head' } },
      { arguments: { 'x-dead-letter-exchange': 'other', 'x-dead-letter-routing-key': 'k', 'x-overflow': 'drop-head' } },
      { arguments: { 'x-dead-letter-exchange': 'dlx', 'x-overflow': 'drop-head' } },
      { arguments: { 'x-dead-letter-exchange': 'dlx', 'x-dead-letter-routing-key': 'k' } },
    ),
    redeclared('queue with unknown arguments', { arguments: { 'x-unknown': 1 } }, { arguments: { 'x-unknown': 2 } }, {}),
    redeclared(
      'queue type given and not given',
      { arguments: { 'x-queue-type': 'classic' } },
      {},
      { arguments: { 'x-queue-type': 'classic' } },
    ),
    redeclared(
      'quorum queue redeclared as classic',
      { durable: true, arguments: { 'x-queue-type': 'quorum' } },
      { durable: true },
      { durable: true, arguments: { 'x-queue-type': 'classic' } },
      { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 3 } },
      { durable: true, arguments: { 'x-queue-type': 'quorum' } },
    ),
    redeclared(
      'priority queue redeclared',
      { arguments: { 'x-max-priority': 5 } },
      { arguments: { 'x-max-priority': 6 } },
      {},
      { arguments: { 'x-max-priority': { type: 'B', value: 5 } } },
    ),
    redeclaredExchange('exchange type differs', ['direct', {}], ['fanout', {}], ['topic', { passive: true }], ['direct', {}]),
    redeclaredExchange('exchange durable differs', ['direct', {}], ['direct', { durable: true }]),
    redeclaredExchange(
      'exchange auto-delete differs',
      ['direct', {}],
      ['direct', { autoDelete: true }],
      ['fanout', { autoDelete: true, durable: true }],
    ),
    redeclaredExchange('exchange internal differs', ['direct', {}], ['direct', { internal: true }]),
    redeclaredExchange(
      'exchange arguments differ',
      ['direct', { arguments: { 'alternate-exchange': 'y' } }],
      ['direct', {}],
      ['direct', { arguments: { 'alternate-exchange': 'z' } }],
      ['direct', { arguments: { 'alternate-exchange': 'y', 'x-more': 1 } }],
      ['direct', { arguments: { 'alternate-exchange': 'y' } }],
    ),
    redeclaredExchange('exchange gains an alternate exchange', ['direct', {}], ['direct', { arguments: { 'alternate-exchange': 'y' } }]),
    scenario('queue arguments that count milliseconds', (a) =>
      refusals(a, [
        ['x-message-ttl', -1],
        ['x-message-ttl', 0],
        ['x-message-ttl', 'a'],
        ['x-message-ttl', 1.5],
        ['x-message-ttl', true],
        ['x-message-ttl', 4_294_967_295],
        ['x-message-ttl', 4_294_967_296],
        ['x-message-ttl', 99_999_999_999_999n],
        ['x-expires', 0],
        ['x-expires', -1],
        ['x-expires', 'soon'],
        ['x-expires', 4_294_967_296],
        ['x-expires', { type: 'T', value: 5n }],
      ]),
    ),
    scenario('queue arguments that count messages and bytes', (a) =>
      refusals(a, [
        ['x-max-length', -1],
        ['x-max-length', 'ten'],
        ['x-max-length', 0],
        ['x-max-length-bytes', -1],
        ['x-max-length-bytes', 0.5],
        ['x-max-priority', -1],
        ['x-max-priority', 256],
        ['x-max-priority', 255],
        ['x-max-priority', 0],
        ['x-max-priority', 'high'],
        ['x-max-in-memory-length', 5],
        ['x-max-in-memory-length', -5],
        ['x-delivery-limit', 3],
        ['x-delivery-limit', -1],
      ]),
    ),
    scenario('queue arguments with fixed words', (a) =>
      refusals(a, [
        ['x-overflow', 'zz'],
        ['x-overflow', 5],
        ['x-overflow', 'drop-head'],
        ['x-overflow', 'reject-publish'],
        ['x-overflow', 'reject-publish-dlx'],
        ['x-queue-mode', 'zz'],
        ['x-queue-mode', 1],
        ['x-queue-mode', 'lazy'],
        ['x-queue-mode', 'default'],
        ['x-queue-type', 'zz'],
        ['x-queue-type', 7],
        ['x-queue-type', ''],
        ['x-queue-version', 1],
        ['x-queue-version', 2],
        ['x-queue-version', 3],
        ['x-queue-version', 'two'],
        ['x-queue-master-locator', 'min-masters'],
        ['x-single-active-consumer', 1],
        ['x-single-active-consumer', 'true'],
        ['x-max-age', '1D'],
        ['x-quorum-initial-group-size', 3],
      ]),
    ),
    scenario('queue arguments about dead letters', (a) =>
      refusals(a, [
        ['x-dead-letter-exchange', 5],
        ['x-dead-letter-exchange', true],
        ['x-dead-letter-exchange', ''],
        ['x-dead-letter-exchange', 'missing'],
        ['x-dead-letter-routing-key', 'k'],
        ['x-dead-letter-routing-key', 5],
        ['x-dead-letter-strategy', 'at-least-once'],
      ]),
    ),
    scenario('dead letter routing key of a wrong type beside an exchange', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { arguments: { 'x-dead-letter-exchange': 'x', 'x-dead-letter-routing-key': 5 } });
    }),
    scenario('queue arguments of other types are ignored or refused', (a) =>
      refusals(a, [
        ['x-foo', 1],
        ['x-foo', { deep: [1, 'two', null] }],
        ['no-x', 'v'],
        ['', 'empty name'],
      ]),
    ),
    scenario('two wrong arguments: which one is named', async (a) => {
      const orders: Record<string, Plain>[] = [
        { 'x-message-ttl': -1, 'x-expires': 0 },
        { 'x-expires': 0, 'x-message-ttl': -1 },
        { 'x-max-length': -1, 'x-overflow': 'zz', 'x-max-priority': 900 },
        { 'x-queue-type': 'zz', 'x-message-ttl': -1 },
      ];
      for (const args of orders) await (await a.channel()).queue(a.name('q'), { arguments: args });
    }),
    scenario('reserved and odd names', async (a) => {
      await (await a.channel()).queue('amq.foo');
      await (await a.channel()).queue('amq.gen-mine');
      await (await a.channel()).exchange('amq.foo', 'direct');
      await (await a.channel()).exchange('', 'direct');
      await (await a.channel()).exchange('', 'direct', { passive: true });
      await (await a.channel()).exchange('amq.direct', 'fanout');
      await (await a.channel()).exchange('amq.direct', 'direct', { durable: true });
      await (await a.channel()).exchange('amq.direct', 'direct');
      await (await a.channel()).exchange('amq.foo', 'direct', { passive: true });
      await (await a.channel()).queue('amq.foo', { passive: true });
    }),
    scenario('names with line ends are stripped of them', async (a) => {
      const ch = await a.channel();
      await ch.queue(`${a.name('line')}\r\nend`);
      await ch.queue(`${a.name('line')}end`, { passive: true });
      await ch.exchange(`${a.name('line')}\nend`, 'direct');
      await ch.call('exchange.delete', { exchange: `${a.name('line')}\r\nend` });
    }),
    scenario('a name of 255 bytes', async (a) => {
      const ch = await a.channel();
      const long = a.name('x'.repeat(245));
      await ch.queue(long);
      await ch.call('queue.delete', { queue: long });
    }),
    scenario('declare-ok is not sent with nowait, errors are', async (a) => {
      const ch = await a.channel();
      ch.send('queue.declare', { queue: a.name('q'), nowait: true });
      ch.send('exchange.declare', { exchange: a.name('x'), type: 'direct', nowait: true });
      ch.send('queue.bind', { queue: a.name('q'), exchange: a.name('x'), routingKey: 'k', nowait: true });
      ch.send('exchange.bind', { destination: a.name('x'), source: 'amq.fanout', nowait: true });
      ch.send('exchange.unbind', { destination: a.name('x'), source: 'amq.fanout', nowait: true });
      ch.publish({ exchange: a.name('x'), key: 'k', body: 'one' });
      await ch.drain(a.name('q'));
      ch.send('queue.purge', { queue: a.name('q'), nowait: true });
      ch.send('queue.delete', { queue: a.name('q'), nowait: true });
      ch.send('exchange.delete', { exchange: a.name('x'), nowait: true });
      await ch.quiet();
      await ch.call('queue.declare', { queue: a.name('q'), passive: true });
      const second = await a.channel();
      second.send('queue.declare', { queue: a.name('nope'), passive: true, nowait: true });
      await second.take();
      const third = await a.channel();
      third.send('queue.bind', { queue: a.name('nope'), exchange: 'amq.direct', nowait: true });
      await third.take();
    }),
    scenario('exchange of an unknown type', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'zzz');
      await (await a.main()).take(2);
    }),
    scenario('exchange of a type without a name', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), '');
    }),
    scenario('texts with names beyond ASCII', async (a) => {
      for (const [place, name] of ['é', 'aß b', 'Ā', '€uro', '日本語'].entries()) {
        const connection = await a.connect({ label: `n${place}` });
        await (await connection.channel()).queue(a.name(name), { passive: true });
        await connection.take(1, 200);
      }
    }),
    scenario('exchange arguments of wrong types', async (a) => {
      await (await a.channel()).exchange(a.name('x'), 'direct', { arguments: { 'alternate-exchange': 5 } });
      const ch = await a.channel();
      await ch.exchange(a.name('y'), 'direct', { arguments: { 'alternate-exchange': 'not there', 'x-foo': true } });
      await ch.call('exchange.delete', { exchange: a.name('y') });
    }),
    scenario('passive declare ignores everything else', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { durable: true, arguments: { 'x-max-length': 3 } });
      await ch.queue(a.name('q'), { passive: true, arguments: { 'x-max-length': 4 } });
      await ch.exchange(a.name('x'), 'topic', { durable: true });
      await ch.exchange(a.name('x'), '', { passive: true });
      await ch.call('queue.delete', { queue: a.name('q') });
      await ch.call('exchange.delete', { exchange: a.name('x') });
    }),
    scenario('passive declare of what is missing', async (a) => {
      await (await a.channel()).queue(a.name('nope'), { passive: true });
      await (await a.channel()).exchange(a.name('nope'), 'direct', { passive: true });
      await (await a.channel()).queue('', { passive: true });
    }),
  ],
};
