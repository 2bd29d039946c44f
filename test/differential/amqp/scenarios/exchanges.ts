import type { Actor } from '../actor.ts';
import type { ChannelScript } from '../channel-script.ts';
import { type Area, type Scenario, scenario } from '../scenario.ts';
import { headersRouting } from './exchanges-by-headers.ts';
import { chosenRouting } from './exchanges-that-choose.ts';

/** Notes to which of the queues each routing key leads through an exchange of that type. */
function routes(name: string, type: string, bindings: Readonly<Record<string, readonly string[]>>, keys: readonly string[]): Scenario {
  return scenario(name, async (a) => {
    const ch = await a.channel();
    await ch.exchange(a.name('x'), type);
    for (const [queue, patterns] of Object.entries(bindings)) {
      await ch.queue(a.name(queue), { exclusive: true });
      for (const pattern of patterns) await ch.bind(a.name(queue), a.name('x'), pattern);
    }
    for (const key of keys) ch.publish({ exchange: a.name('x'), key, body: key });
    await ch.sync();
    for (const queue of Object.keys(bindings)) await ch.drain(a.name(queue));
    await ch.call('exchange.delete', { exchange: a.name('x') });
  });
}

async function bound(a: Actor, ch: ChannelScript, queue: string, exchange: string, key = ''): Promise<void> {
  await ch.queue(a.name(queue), { exclusive: true });
  await ch.bind(a.name(queue), a.name(exchange), key);
}

export const exchanges: Area = {
  name: 'exchanges',
  scenarios: [
    routes('direct', 'direct', { a: ['k', 'l'], b: ['k'], c: [''] }, ['k', 'l', '', 'm', 'K']),
    routes('fanout ignores keys', 'fanout', { a: ['k', 'k2'], b: [''] }, ['k', 'other', '']),
    routes(
      'topic wildcards',
      'topic',
      {
        all: ['#'],
        one: ['*'],
        two: ['*.*'],
        middle: ['a.*.c'],
        tail: ['a.#'],
        head: ['#.c'],
        both: ['#.b.#'],
        exact: ['a.b.c'],
        doubled: ['#.#'],
        mixed: ['*.#'],
        starHashStar: ['*.#.*'],
        empty: [''],
        literal: ['a*.b'],
      },
      ['', 'a', 'a.b', 'a.b.c', 'b', 'a.c', 'a..c', '.', 'a.', '.c', 'a.b.b.c', 'x.y.z', 'a*.b', '#', '*'],
    ),
    routes('topic: two matching bindings deliver once', 'topic', { a: ['k.#', '*.x', 'k.x'] }, ['k.x']),
    scenario('default exchange routes by queue name and takes no bindings', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      ch.publish({ key: a.name('q'), body: 'straight' });
      await ch.get(a.name('q'));
      await (await a.channel()).bind(a.name('q'), '', 'k');
      await (await a.channel()).call('queue.unbind', { queue: a.name('q'), exchange: '', routingKey: a.name('q') });
      await (await a.channel()).call('exchange.bind', { destination: '', source: 'amq.direct' });
      await (await a.channel()).call('exchange.bind', { destination: 'amq.direct', source: '' });
      await (await a.channel()).call('exchange.unbind', { destination: 'amq.direct', source: '' });
      await (await a.channel()).call('exchange.delete', { exchange: '' });
    }),
    ...chosenRouting,
    scenario('predeclared exchanges', async (a) => {
      const ch = await a.channel();
      for (const [name, type] of Object.entries({
        'amq.direct': 'direct',
        'amq.fanout': 'fanout',
        'amq.headers': 'headers',
        'amq.match': 'headers',
        'amq.topic': 'topic',
      })) {
        await ch.exchange(name, type, { durable: true });
      }
      await ch.exchange('amq.rabbitmq.trace', 'topic', { durable: true, internal: true });
      // Definitions made this virtual host when the server started: it has none for logs, whatever the release.
      await (await a.channel()).exchange('amq.rabbitmq.log', 'topic', { passive: true });
      await (await a.channel()).exchange('amq.rabbitmq.none', 'topic', { passive: true });
      await (await a.channel()).call('exchange.delete', { exchange: 'amq.direct' });
      await (await a.channel()).call('exchange.delete', { exchange: 'amq.rabbitmq.trace' });
      await (await a.channel()).call('exchange.delete', { exchange: 'amq.nope' });
    }),
    ...headersRouting,
    scenario('binding errors', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('q'), { exclusive: true });
      await (await a.channel()).bind(a.name('q'), a.name('nope'), 'k');
      await (await a.channel()).bind(a.name('nope'), 'amq.direct', 'k');
      await (await a.channel()).bind(a.name('nope'), a.name('nope'), 'k');
      await (await a.channel()).call('queue.unbind', { queue: a.name('q'), exchange: 'amq.direct', routingKey: 'never' });
      await (await a.channel()).call('queue.unbind', { queue: a.name('nope'), exchange: 'amq.direct', routingKey: 'never' });
      await (await a.channel()).call('queue.unbind', { queue: a.name('q'), exchange: a.name('nope'), routingKey: 'never' });
      await (await a.channel()).call('exchange.bind', { destination: a.name('nope'), source: 'amq.direct' });
      await (await a.channel()).call('exchange.bind', { destination: 'amq.direct', source: a.name('nope') });
      await (await a.channel()).call('exchange.unbind', { destination: 'amq.direct', source: a.name('nope') });
      await (await a.channel()).call('exchange.unbind', { destination: 'amq.direct', source: 'amq.fanout', routingKey: 'never' });
    }),
    scenario('an empty queue name in a binding is the last declared queue, and its name the key', async (a) => {
      const ch = await a.channel();
      await ch.queue('', { exclusive: true });
      await ch.bind('', 'amq.direct', '');
      await ch.bind('', 'amq.topic', a.name('key'));
      ch.publish({ exchange: 'amq.topic', key: a.name('key'), body: 'by key' });
      await ch.get('');
      await ch.call('queue.unbind', { queue: '', exchange: 'amq.direct', routingKey: '' });
      const other = await a.channel();
      await other.bind('', 'amq.direct', 'k');
    }),
    scenario('the same binding twice, and unbinding it', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'direct', { autoDelete: true });
      await bound(a, ch, 'q', 'x', 'k');
      await ch.bind(a.name('q'), a.name('x'), 'k');
      ch.publish({ exchange: a.name('x'), key: 'k', body: 'once' });
      await ch.drain(a.name('q'));
      await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('x'), routingKey: 'k' });
      await ch.exchange(a.name('x'), 'direct', { passive: true });
    }),
    scenario('bindings that differ in arguments only', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'direct');
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.bind(a.name('q'), a.name('x'), 'k', { n: 1 });
      await ch.bind(a.name('q'), a.name('x'), 'k', { n: 2 });
      await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('x'), routingKey: 'k' });
      await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('x'), routingKey: 'k', arguments: { n: 1 } });
      ch.publish({ exchange: a.name('x'), key: 'k', body: 'still there' });
      await ch.drain(a.name('q'));
      await ch.call('exchange.delete', { exchange: a.name('x'), ifUnused: true });
    }),
    scenario('exchange to exchange: a chain, a diamond and a cycle', async (a) => {
      const ch = await a.channel();
      for (const name of ['top', 'left', 'right', 'bottom']) await ch.exchange(a.name(name), name === 'left' ? 'topic' : 'fanout');
      await bound(a, ch, 'q', 'bottom', '');
      const pairs = [
        ['top', 'left'],
        ['top', 'right'],
        ['left', 'bottom'],
        ['right', 'bottom'],
        ['bottom', 'top'],
      ];
      for (const [source = '', destination = ''] of pairs) {
        await ch.call('exchange.bind', { source: a.name(source), destination: a.name(destination), routingKey: 'a.*' });
      }
      await bound(a, ch, 'q2', 'top', '');
      ch.publish({ exchange: a.name('top'), key: 'a.b', body: 'one' });
      ch.publish({ exchange: a.name('left'), key: 'b', body: 'not through left' });
      ch.publish({ exchange: a.name('left'), key: 'a.z', body: 'through left' });
      await ch.sync();
      await ch.drain(a.name('q'));
      await ch.drain(a.name('q2'));
      await ch.get(a.name('q'));
      for (const name of ['top', 'left', 'right', 'bottom']) await ch.call('exchange.delete', { exchange: a.name(name) });
    }),
    scenario('exchange delete', async (a) => {
      const ch = await a.channel();
      await ch.call('exchange.delete', { exchange: a.name('never') });
      await ch.call('exchange.delete', { exchange: a.name('never'), ifUnused: true });
      await ch.exchange(a.name('x'), 'fanout');
      await bound(a, ch, 'q', 'x');
      const second = await a.channel();
      await second.call('exchange.delete', { exchange: a.name('x'), ifUnused: true });
      await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('x') });
      await ch.call('exchange.delete', { exchange: a.name('x'), ifUnused: true });
      await ch.exchange(a.name('s'), 'fanout');
      await ch.call('exchange.bind', { source: a.name('s'), destination: 'amq.fanout' });
      await (await a.channel()).call('exchange.delete', { exchange: a.name('s'), ifUnused: true });
      await ch.call('exchange.delete', { exchange: a.name('s') });
      await ch.exchange(a.name('d'), 'fanout');
      await ch.call('exchange.bind', { source: 'amq.fanout', destination: a.name('d') });
      await ch.call('exchange.delete', { exchange: a.name('d'), ifUnused: true });
    }),
    scenario('auto-delete exchanges go with their last binding', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'fanout', { autoDelete: true });
      await ch.exchange(a.name('x'), 'fanout', { passive: true });
      await ch.queue(a.name('q'));
      await ch.bind(a.name('q'), a.name('x'));
      await ch.call('queue.delete', { queue: a.name('q') });
      await (await a.channel()).exchange(a.name('x'), 'fanout', { passive: true });
      await ch.exchange(a.name('s'), 'fanout', { autoDelete: true });
      await ch.exchange(a.name('d'), 'fanout', { autoDelete: true });
      await ch.call('exchange.bind', { source: a.name('s'), destination: a.name('d') });
      await bound(a, ch, 'r', 'd');
      await ch.call('queue.unbind', { queue: a.name('r'), exchange: a.name('d') });
      await (await a.channel()).exchange(a.name('d'), 'fanout', { passive: true });
      await (await a.channel()).exchange(a.name('s'), 'fanout', { passive: true });
    }),
    scenario('an auto-delete exchange that is only a destination stays', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('d'), 'fanout', { autoDelete: true });
      await ch.call('exchange.bind', { source: 'amq.fanout', destination: a.name('d') });
      await ch.call('exchange.unbind', { source: 'amq.fanout', destination: a.name('d') });
      await ch.exchange(a.name('d'), 'fanout', { passive: true });
      await ch.call('exchange.delete', { exchange: a.name('d') });
    }),
    scenario('internal exchanges take no publishes', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('in'), 'fanout', { internal: true });
      await ch.exchange(a.name('out'), 'fanout');
      await ch.call('exchange.bind', { source: a.name('out'), destination: a.name('in') });
      await bound(a, ch, 'q', 'in');
      ch.publish({ exchange: a.name('out'), body: 'through' });
      await ch.sync();
      await ch.drain(a.name('q'));
      ch.publish({ exchange: a.name('in'), body: 'direct' });
      await ch.take();
      const second = await a.channel();
      await second.call('exchange.delete', { exchange: a.name('in') });
      await second.call('exchange.delete', { exchange: a.name('out') });
    }),
    scenario('alternate exchange', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('last'), 'fanout');
      await ch.exchange(a.name('ae'), 'direct', { arguments: { 'alternate-exchange': a.name('last') } });
      await ch.exchange(a.name('x'), 'direct', { arguments: { 'alternate-exchange': a.name('ae') } });
      await bound(a, ch, 'q', 'x', 'k');
      await bound(a, ch, 'q-ae', 'ae', 'k2');
      await bound(a, ch, 'q-last', 'last');
      await ch.confirmSelect();
      for (const key of ['k', 'k2', 'k3']) ch.publish({ exchange: a.name('x'), key, body: key, mandatory: true });
      await ch.confirms();
      for (const queue of ['q', 'q-ae', 'q-last']) await ch.get(a.name(queue));
      await ch.call('queue.unbind', { queue: a.name('q-last'), exchange: a.name('last') });
      ch.publish({ exchange: a.name('x'), key: 'k3', body: 'nowhere', mandatory: true });
      await ch.confirms();
      for (const name of ['x', 'ae', 'last']) await ch.call('exchange.delete', { exchange: a.name(name) });
    }),
    scenario('a missing alternate exchange', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'direct', { arguments: { 'alternate-exchange': a.name('gone') } });
      await ch.confirmSelect();
      ch.publish({ exchange: a.name('x'), key: 'k', body: 'm', mandatory: true });
      await ch.confirms();
      await ch.call('exchange.delete', { exchange: a.name('x') });
    }),
    scenario('alternate exchanges in a circle', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('x'), 'direct', { arguments: { 'alternate-exchange': a.name('y') } });
      await ch.exchange(a.name('y'), 'direct', { arguments: { 'alternate-exchange': a.name('x') } });
      ch.publish({ exchange: a.name('x'), key: 'k', body: 'm', mandatory: true });
      await ch.take();
      for (const name of ['x', 'y']) await ch.call('exchange.delete', { exchange: a.name(name) });
    }),
    scenario('alternate exchange of an exchange behind an exchange', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('ae'), 'fanout');
      await ch.exchange(a.name('inner'), 'direct', { arguments: { 'alternate-exchange': a.name('ae') } });
      await ch.exchange(a.name('outer'), 'fanout');
      await ch.call('exchange.bind', { source: a.name('outer'), destination: a.name('inner') });
      await bound(a, ch, 'q', 'ae');
      ch.publish({ exchange: a.name('outer'), key: 'k', body: 'm', mandatory: true });
      await ch.sync();
      await ch.quiet();
      await ch.drain(a.name('q'));
      for (const name of ['ae', 'inner', 'outer']) await ch.call('exchange.delete', { exchange: a.name(name) });
    }),
    scenario('the empty queue name is the last declared queue', async (a) => {
      const ch = await a.channel();
      await ch.call('queue.declare', {});
      await ch.call('queue.declare', { queue: '' });
      await ch.call('queue.delete', { queue: '' });
    }),
  ],
};
