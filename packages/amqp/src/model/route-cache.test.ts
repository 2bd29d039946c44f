import { Clock, Random } from '@wirelike/kernel';
import { expect, it } from 'vitest';
import { Broker } from './broker.ts';
import { route_cache_references } from './limits.ts';
import { Message } from './message.ts';
import type { Queue } from './queue.ts';
import { Recorder } from './recorder.ts';
import { RouteCache } from './route-cache.ts';

it('remembers routes until the topology changes', () => {
  const budget = { held_references: 0 };
  const cache = new RouteCache(budget);
  const route: readonly Queue[] = [];
  expect(cache.get('k', 1)).toBeUndefined();
  cache.set('k', route);
  expect(cache.get('k', 1)).toBe(route);
  expect(cache.get('k', 2)).toBeUndefined();
  expect(budget.held_references).toBe(0);
});

it('has a limit for all exchanges of a virtual host, and gives back what it held', () => {
  const clock = new Clock();
  clock.freeze();
  const broker = new Broker({ clock, random: new Random('routes') });
  const sink = new Recorder();
  const channel = broker.connect({ user: 'guest', vhost: '/', name: 'test', sink }).openChannel(1, sink);
  const vhost = broker.addVhost('/');
  for (let queue = 0; queue < 300; queue++) channel.queueDeclare({ queue: `q${queue}` });
  for (const exchange of ['a', 'b']) {
    channel.exchangeDeclare({ exchange, type: 'topic' });
    for (let queue = 0; queue < 300; queue++) channel.queueBind({ queue: `q${queue}`, exchange, routingKey: '#' });
  }
  for (let key = 0; key < 4_000; key++) {
    for (const exchange of ['a', 'b'])
      vhost.route(vhost.exchanges.get(exchange) ?? expect.fail(), Message.of(exchange, `k${key}`, Buffer.alloc(0)));
    expect(vhost.routeBudget.held_references).toBeLessThanOrEqual(route_cache_references);
  }
  expect(vhost.routeBudget.held_references).toBeGreaterThan(route_cache_references / 4);
  for (const exchange of ['a', 'b']) channel.exchangeDelete(exchange, false);
  expect(vhost.routeBudget.held_references).toBe(0);
});
