import type { Exchange } from './exchange.ts';
import type { MessageHeader } from './message.ts';
import type { Queue } from './queue.ts';

export interface Route {
  readonly queues: readonly Queue[];
  /** The key alone decided, all the way. */
  readonly byKey: boolean;
}

/**
 * Follows bindings from exchange to exchange, each exchange once, each queue once; an exchange with no
 * match sends on to its alternate exchange (rabbit_exchange:route1/4).
 */
export function routeMessage(from: Exchange, routingKey: string, header: MessageHeader): Route {
  const queues = new Set<Queue>();
  const exchanges = new Set<Exchange>([from]);
  let byKey = true;
  // A Set is walked in order of insertion, including what is added on the way.
  for (const exchange of exchanges) {
    byKey = byKey && exchange.byKey;
    let matched = false;
    exchange.match(routingKey, header, (binding) => {
      matched = true;
      if (binding.destination.kind === 'queue') queues.add(binding.destination);
      else exchanges.add(binding.destination);
    });
    if (exchange.name === '') {
      const queue = exchange.vhost.queues.get(routingKey);
      if (queue !== undefined) queues.add(queue);
      continue;
    }
    if (matched || exchange.alternate === undefined) continue;
    const alternate = exchange.vhost.exchanges.get(exchange.alternate);
    if (alternate !== undefined) exchanges.add(alternate);
  }
  return { queues: [...queues], byKey };
}
