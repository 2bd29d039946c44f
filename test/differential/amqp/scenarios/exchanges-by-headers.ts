import type { Plain } from '../codec/fields.ts';
import { type Scenario, scenario } from '../scenario.ts';

type Headers = Readonly<Record<string, Plain>>;

/** Binds one queue per binding to a headers exchange and notes which messages reach which queue. */
function headerRoutes(name: string, bindings: readonly Headers[], messages: readonly Headers[]): Scenario {
  return scenario(name, async (a) => {
    const ch = await a.channel();
    await ch.exchange(a.name('x'), 'headers');
    for (const [index, binding] of bindings.entries()) {
      await ch.queue(a.name(`q${index}`), { exclusive: true });
      await ch.bind(a.name(`q${index}`), a.name('x'), '', binding);
    }
    messages.forEach((headers, index) => {
      ch.publish({ exchange: a.name('x'), body: `m${index}`, headers });
    });
    ch.publish({ exchange: a.name('x'), body: 'bare' });
    await ch.sync();
    for (const index of bindings.keys()) await ch.drain(a.name(`q${index}`));
    await ch.call('exchange.delete', { exchange: a.name('x') });
  });
}
/** The exchange type headers: x-match, types of values, several bindings of one queue. */
export const headersRouting: readonly Scenario[] = [
  headerRoutes(
    'headers: x-match',
    [
      { 'x-match': 'all', a: 1, b: 'x' },
      { 'x-match': 'any', a: 1, b: 'x' },
      { a: 1, b: 'x' },
      { 'x-match': 'all-with-x', a: 1, 'x-c': 'y' },
      { 'x-match': 'any-with-x', a: 1, 'x-c': 'y' },
      { 'x-match': 'all', a: 1, 'x-c': 'y' },
      { 'x-match': 'any', 'x-c': 'y' },
      { 'x-match': 'all' },
      { 'x-match': 'any' },
      {},
    ],
    [
      { a: 1 },
      { a: 1, b: 'x' },
      { b: 'x', z: true },
      { a: 2, b: 'y' },
      { a: 1, 'x-c': 'y' },
      { 'x-c': 'y' },
      {},
      { a: 1, b: 'x', 'x-c': 'n' },
    ],
  ),
  headerRoutes(
    'headers: values compare with their types',
    [
      { a: 1 },
      { a: { type: 'l', value: 1n } },
      { a: '1' },
      { a: 1.5 },
      { a: true },
      { a: null },
      { a: { type: 'T', value: 1n } },
      { a: [1, 'x'] },
      { a: { deep: 1 } },
      { a: { type: 'x', value: Buffer.from('1') } },
    ],
    [
      { a: 1 },
      { a: { type: 'l', value: 1n } },
      { a: { type: 's', value: 1 } },
      { a: { type: 'b', value: 1 } },
      { a: '1' },
      { a: 1.5 },
      { a: { type: 'd', value: 1 } },
      { a: true },
      { a: false },
      { a: null },
      { a: { type: 'T', value: 1n } },
      { a: [1, 'x'] },
      { a: ['x', 1] },
      { a: { deep: 1 } },
      { a: { type: 'x', value: Buffer.from('1') } },
    ],
  ),
  headerRoutes(
    'headers: values in other forms',
    [
      { a: { type: 'l', value: 5000n } },
      { a: { type: 'T', value: 5n } },
      { a: { type: 'd', value: 0 } },
      { a: 0 },
      { a: { z: 1, b: 2 } },
      { a: [] },
      { a: {} },
      { a: [{ type: 'l', value: 1n }] },
      { a: { type: 'D', value: [1, 10] } },
      { 'x-match': 'any', a: { type: 'f', value: 0.5 }, b: { type: 'T', value: 1n } },
    ],
    [
      { a: { type: 'T', value: 5n } },
      { a: { type: 'l', value: 5n } },
      { a: { type: 'l', value: 5000n } },
      { a: { type: 'd', value: -0 } },
      { a: { type: 'f', value: 0 } },
      { a: 0 },
      { a: { z: 1, b: 2 } },
      { a: { b: 2, z: 1 } },
      { a: {} },
      { a: [] },
      { a: [1] },
      { a: [{ type: 'l', value: 1n }] },
      { a: { type: 'D', value: [1, 10] } },
      { a: { type: 'd', value: 0.5 } },
      { b: { type: 'T', value: 1n } },
      { b: 1000 },
    ],
  ),
  scenario('headers: wrong x-match', async (a) => {
    const ch = await a.channel();
    await ch.queue(a.name('q'), { exclusive: true });
    const values: Plain[] = ['zz', 5, true, '', 'ALL', null];
    for (const value of values) await (await a.channel()).bind(a.name('q'), 'amq.headers', '', { 'x-match': value });
    await (await a.channel()).bind(a.name('q'), 'amq.direct', '', { 'x-match': 'zz' });
  }),
  scenario('the same headers binding with other keys delivers once', async (a) => {
    const ch = await a.channel();
    await ch.queue(a.name('q'), { exclusive: true });
    await ch.exchange(a.name('x'), 'headers', { autoDelete: true });
    await ch.bind(a.name('q'), a.name('x'), 'one', { a: 1 });
    await ch.bind(a.name('q'), a.name('x'), 'two', { a: 1 });
    await ch.bind(a.name('q'), a.name('x'), 'two', { b: 1 });
    ch.publish({ exchange: a.name('x'), headers: { a: 1, b: 1 }, body: 'm' });
    await ch.drain(a.name('q'));
    await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('x'), routingKey: 'one', arguments: { a: 1 } });
    await ch.call('queue.unbind', { queue: a.name('q'), exchange: a.name('x'), routingKey: 'two', arguments: { a: 2 } });
    ch.publish({ exchange: a.name('x'), headers: { a: 1 }, body: 'n' });
    await ch.drain(a.name('q'));
  }),
];
