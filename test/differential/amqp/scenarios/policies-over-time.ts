import { type Area, scenario } from '../scenario.ts';

/** Policies that come and go while their queues are in use; what random walks found. */
export const policiesOverTime: Area = {
  name: 'policies over time',
  operates: true,
  scenarios: [
    scenario('a policy with something that is not for this type of queue is none for it', async (a) => {
      const ch = await a.channel();
      const pattern = `^${a.name('strange')}`;
      const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
      const names = ['classic', 'quorum', 'later'].map((name) => `${a.name('strange')}-${name}`);
      const [classic = '', second = '', later = ''] = names;
      await ch.queue(classic, { exclusive: true });
      await ch.queue(second, quorum);
      await ch.confirmSelect();
      await a.operator.setPolicy(a.name('p'), pattern, { 'max-length': 1, 'delivery-limit': 3 });
      await a.operator.setPolicy(a.name('o'), pattern, { 'max-length': 2, 'delivery-limit': 3 }, { isOperators: true });
      await ch.queue(later, { exclusive: true });
      await a.settle(150);
      for (const queue of names) for (const body of ['m1', 'm2', 'm3']) ch.publish({ key: queue, body });
      await ch.confirms();
      await a.settle(100);
      for (const queue of names) await ch.drain(queue);
      await a.operator.setPolicy(a.name('p'), pattern, { 'max-length': 1, 'queue-mode': 'lazy' });
      await a.operator.clearPolicy(a.name('o'), { isOperators: true });
      await a.settle(150);
      for (const queue of names) for (const body of ['m1', 'm2', 'm3']) ch.publish({ key: queue, body });
      await ch.confirms();
      await a.settle(100);
      for (const queue of names) await ch.drain(queue);
      await a.operator.clearPolicy(a.name('p'));
      await ch.call('queue.delete', { queue: second });
    }),
    scenario('what a queue does when it is full, by argument and by policy', async (a) => {
      const pattern = `^${a.name('full')}`;
      await a.operator.setPolicy(a.name('p'), pattern, { overflow: 'drop-head', 'max-length': 1 });
      for (const type of ['classic', 'quorum']) {
        const ch = await a.channel();
        const queue = `${a.name('full')}-${type}`;
        const args = { 'x-queue-type': type, 'x-overflow': 'reject-publish' };
        await ch.queue(queue, { durable: true, arguments: args });
        await ch.confirmSelect();
        for (const body of ['m1', 'm2', 'm3']) {
          ch.publish({ key: queue, body });
          await ch.confirms();
        }
        await ch.drain(queue);
        await ch.call('queue.delete', { queue });
      }
      await a.operator.clearPolicy(a.name('p'));
    }),
    scenario('a policy lowers the limit of a quorum queue', async (a) => {
      const ch = await a.channel();
      const [queue, grave] = [a.name('lower'), a.name('grave')];
      const args = { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': grave };
      await ch.queue(grave, { exclusive: true });
      await ch.queue(queue, { durable: true, arguments: args });
      await ch.confirmSelect();
      for (const body of ['m1', 'm2', 'm3', 'm4', 'm5']) ch.publish({ key: queue, body });
      await ch.confirms();
      await a.operator.setPolicy(a.name('p'), `^${queue}`, { 'max-length': 1 });
      await ch.until(grave, 4);
      await ch.drain(grave);
      await ch.drain(queue);
      await a.operator.clearPolicy(a.name('p'));
      await ch.call('queue.delete', { queue });
    }),
    scenario('a TTL of 0 comes to a queue with messages', async (a) => {
      const ch = await a.channel();
      const queue = a.name('fleeting');
      for (const args of [{}, { 'x-max-priority': 3 }, { 'x-dead-letter-exchange': 'amq.direct' }]) {
        await ch.queue(queue, { exclusive: true, arguments: args });
        ch.publish({ key: queue, body: 'm1' });
        await ch.sync();
        await a.operator.setPolicy(a.name('p'), `^${queue}$`, { 'message-ttl': 0 });
        await a.settle(150);
        for (const priority of [0, 2]) ch.publish({ key: queue, body: `m2 of ${priority}`, properties: { priority } });
        await ch.sync();
        await a.settle(50);
        await ch.queue(queue, { passive: true });
        await ch.get(queue);
        await ch.get(queue);
        await a.operator.clearPolicy(a.name('p'));
        await ch.call('queue.delete', { queue });
      }
    }),
  ],
};
