import { type Scenario, scenario } from '../scenario.ts';

/** Exchanges that give a message to one of the queues they are bound to. */
export const chosenRouting: readonly Scenario[] = [
  scenario('local random: what may be bound, and that one queue gets a message', async (a) => {
    const ch = await a.channel();
    const declared = await ch.exchange(a.name('x'), 'x-local-random', { autoDelete: true });
    if (declared?.name !== 'exchange.declare-ok') return;
    for (const type of ['classic', 'quorum', 'stream']) {
      const setup = await a.channel();
      await setup.queue(a.name(type), {
        durable: type !== 'classic',
        exclusive: type === 'classic',
        arguments: { 'x-queue-type': type },
      });
      await setup.bind(a.name(type), a.name('x'));
      if (!setup.isClosed) await setup.bind(a.name(type), a.name('x'), 'k');
    }
    await (await a.channel()).bind(a.name('quorum'), a.name('x'), 'schlüssel');
    await (await a.channel()).call('exchange.bind', { destination: 'amq.fanout', source: a.name('x') });
    await (await a.channel()).call('exchange.bind', { destination: 'amq.fanout', source: a.name('x'), routingKey: 'k' });
    for (const key of ['', 'k']) ch.publish({ exchange: a.name('x'), key, body: key, mandatory: true });
    await ch.sync();
    await ch.drain(a.name('classic'));
    await ch.queue(a.name('other'), { exclusive: true });
    await ch.bind(a.name('other'), a.name('x'), '', { any: 'argument' });
    for (let index = 0; index < 20; index++) ch.publish({ exchange: a.name('x'), headers: { CC: ['a', 'b'] }, body: 'm' });
    await ch.sync();
    const counts = [await ch.count(a.name('classic')), await ch.count(a.name('other'))];
    a.note(`together ${counts.reduce((sum: number, count = 0) => sum + count, 0)}, both some: ${!counts.includes(0)}`);
    await ch.exchange(a.name('x'), 'x-local-random', { autoDelete: true, arguments: { unknown: 1 } });
    await ch.exchange(a.name('x'), 'x-local-random', { autoDelete: true, arguments: { 'alternate-exchange': 'amq.fanout' } });
    const last = await a.channel();
    for (const type of ['quorum', 'stream']) await last.call('queue.delete', { queue: a.name(type) });
  }),
  scenario('modulus hash: the keys choose, whatever the bindings say', async (a) => {
    const ch = await a.channel();
    const declared = await ch.exchange(a.name('x'), 'x-modulus-hash', { autoDelete: true });
    if (declared?.name !== 'exchange.declare-ok') return;
    ch.publish({ exchange: a.name('x'), key: 'k', body: 'nowhere', mandatory: true });
    await ch.take();
    const queues = ['c', 'a', 'bb', 'b'];
    for (const queue of queues) {
      await ch.queue(a.name(queue), { exclusive: true });
      await ch.bind(a.name(queue), a.name('x'), `key of ${queue}`);
    }
    await ch.exchange(a.name('e'), 'fanout', { autoDelete: true });
    await ch.queue(a.name('f'), { exclusive: true });
    await ch.bind(a.name('f'), a.name('e'));
    await ch.call('exchange.bind', { destination: a.name('e'), source: a.name('x') });
    await ch.bind(a.name('a'), a.name('x'), 'again', { with: 'arguments' });
    for (let index = 0; index < 40; index++) ch.publish({ exchange: a.name('x'), key: `k${index}`, body: `k${index}` });
    for (const key of ['', 'schlüssel']) ch.publish({ exchange: a.name('x'), key, body: key });
    ch.publish({ exchange: a.name('x'), key: 'k1', headers: { CC: ['k2', 'k3'], BCC: ['k4'] }, body: 'copied' });
    ch.publish({ exchange: a.name('x'), key: 'k1', headers: { CC: ['k3', 'k2'] }, body: 'copied otherwise' });
    await ch.sync();
    for (const queue of [...queues, 'f']) await ch.drain(a.name(queue));
    await ch.call('queue.unbind', { queue: a.name('a'), exchange: a.name('x'), routingKey: 'key of a' });
    for (let index = 0; index < 10; index++) ch.publish({ exchange: a.name('x'), key: `k${index}`, body: `k${index}` });
    await ch.sync();
    for (const queue of [...queues, 'f']) await ch.drain(a.name(queue));
    await ch.exchange(a.name('x'), 'x-modulus-hash', { autoDelete: true, arguments: { unknown: 1 } });
    await ch.exchange(a.name('x'), 'x-modulus-hash', { autoDelete: true, arguments: { 'alternate-exchange': 'amq.fanout' } });
  }),
];
