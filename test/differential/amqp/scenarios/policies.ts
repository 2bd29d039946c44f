import { type Area, scenario } from '../scenario.ts';

// The policies are in definitions.json; they match by the beginning of the name.
export const policies: Area = {
  name: 'policies',
  scenarios: [
    scenario('message TTL and dead letter exchange by policy', async (a) => {
      const ch = await a.channel();
      await ch.queue(a.name('policy-ttl'), { exclusive: true });
      ch.publish({ key: a.name('policy-ttl'), body: 'm' });
      await ch.until(a.name('policy-ttl'), 1);
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
