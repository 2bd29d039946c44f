import { type Area, scenario } from '../scenario.ts';

// The policies are in definitions.json; they match by the beginning of the name.
export const policies: Area = {
  name: 'policies',
  scenarios: [
    scenario('message TTL and dead letter exchange by policy', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('policy-ttl'), { exclusive: true });
      ch.publish({ key: a.name('policy-ttl'), body: 'm' });
      await ch.sync();
      await ch.until(a.name('policy-ttl'), 0);
      await ch.get(a.name('policy-ttl'));
    }),
    scenario('the smaller of policy and argument', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('policy-ttl'), { exclusive: true, arguments: { 'x-message-ttl': 60_000 } });
      ch.publish({ key: a.name('policy-ttl'), body: 'm' });
      await a.settle(120);
      await ch.get(a.name('policy-ttl'));
    }),
    scenario('an argument wins over the dead letter exchange of a policy', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('grave'), { exclusive: true });
      await ch.queue(a.name('policy-ttl'), {
        exclusive: true,
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': a.name('grave') },
      });
      ch.publish({ key: a.name('policy-ttl'), body: 'm' });
      await ch.until(a.name('grave'), 1);
      await ch.get(a.name('grave'));
    }),
    scenario('max-length by policy', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('policy-cap'), { exclusive: true });
      for (const body of ['1', '2', '3']) ch.publish({ key: a.name('policy-cap'), body });
      await ch.sync();
      await ch.drain(a.name('policy-cap'));
      await ch.queue(a.name('policy-cap2'), { exclusive: true, arguments: { 'x-max-length': 1 } });
      for (const body of ['1', '2', '3']) ch.publish({ key: a.name('policy-cap2'), body });
      await ch.sync();
      await ch.drain(a.name('policy-cap2'));
      await ch.queue(a.name('policy-cap'), { exclusive: true });
    }),
    scenario('operator policy: the stricter value holds', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('policy-op'), { exclusive: true });
      for (const body of ['1', '2']) ch.publish({ key: a.name('policy-op'), body });
      await ch.sync();
      await ch.queue(a.name('policy-op'), { passive: true });
      await ch.until(a.name('policy-op'), 0);
    }),
    scenario('of two policies the one of higher priority holds, alone', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('policy-prio'), { exclusive: true });
      await ch.confirmSelect();
      for (const body of ['1', '2', '3', '4']) ch.publish({ key: a.name('policy-prio'), body });
      await ch.confirms();
      await ch.drain(a.name('policy-prio'));
    }),
    scenario('a pattern matches anywhere in the name', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('in-the-middle-of'), { exclusive: true });
      for (const body of ['1', '2', '3']) ch.publish({ key: a.name('in-the-middle-of'), body });
      await ch.sync();
      await ch.drain(a.name('in-the-middle-of'));
    }),
    scenario('queue expiry by policy', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('policy-gone'));
      await ch.queue(a.name('policy-gone'), { passive: true });
      await a.settle(800);
      await ch.queue(a.name('policy-gone'), { passive: true });
    }),
    scenario('delivery limit by policy', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('policy-limit'), { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      ch.publish({ key: a.name('policy-limit'), body: 'm' });
      for (let tag = 1; tag <= 2; tag++) {
        await ch.until(a.name('policy-limit'), 1);
        await ch.get(a.name('policy-limit'), false);
        ch.reject(tag, true);
      }
      await ch.until(a.name('policy-limit'), 0);
      await a.settle(30);
      await ch.get(a.name('policy-limit'));
      await ch.call('queue.delete', { queue: a.name('policy-limit') });
    }),
    scenario('alternate exchange by policy', async (a) => {
      const ch = await a.channel();
      await ch.exchange(a.name('policy-ae'), 'direct', { autoDelete: true });
      await ch.exchange(a.name('ae'), 'fanout', { autoDelete: true });
      await ch.queue(a.name('q'), { exclusive: true });
      await ch.bind(a.name('q'), 'amq.match', '', { mine: a.name('q') });
      ch.publish({ exchange: a.name('policy-ae'), key: 'k', body: 'm', mandatory: true, headers: { mine: a.name('q') } });
      await ch.sync();
      await ch.quiet(20);
      await ch.drain(a.name('q'));
    }),
  ],
};
