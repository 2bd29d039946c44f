import type { Binding } from './binding.ts';
import type { Exchange } from './exchange.ts';
import type { MessageHeader } from './message.ts';
import type { Queue } from './queue.ts';

export interface Route {
  readonly queues: readonly Queue[];
  /** The key alone decided, all the way. */
  readonly byKey: boolean;
}

// What one exchange's bindings lead to. Routing calls nobody who could route meanwhile, so one pair serves all.
const queuesFound: Queue[] = [];
const exchangesFound: Exchange[] = [];

function find(binding: Binding): void {
  if (binding.destination.kind === 'queue') queuesFound.push(binding.destination);
  else exchangesFound.push(binding.destination);
}

/**
 * Follows bindings from exchange to exchange, each exchange once, each queue once; an exchange with no
 * match sends on to its alternate exchange (rabbit_exchange:route1/4).
 */
export function routeMessage(from: Exchange, routingKey: string, header: MessageHeader): Route {
  search(from, routingKey, header);
  if (exchangesFound.length === 0) return { queues: once(queuesFound), byKey: from.byKey };
  return follow(from, routingKey, header);
}

/** Most messages take one exchange and end in few queues. */
function once(queues: readonly Queue[]): readonly Queue[] {
  const [first] = queues;
  if (first === undefined) return NOWHERE;
  return queues.length === 1 ? first.alone : [...new Set(queues)];
}

function follow(from: Exchange, routingKey: string, header: MessageHeader): Route {
  const queues = new Set(queuesFound);
  const exchanges = new Set([from, ...exchangesFound]);
  let { byKey } = from;
  // A Set is walked in order of insertion, including what is added on the way.
  for (const exchange of exchanges) {
    if (exchange === from) continue;
    byKey = byKey && exchange.byKey;
    search(exchange, routingKey, header);
    for (const queue of queuesFound) queues.add(queue);
    for (const found of exchangesFound) exchanges.add(found);
  }
  return { queues: [...queues], byKey };
}

/** Leaves what it finds in {@link queuesFound} and {@link exchangesFound}. */
function search(exchange: Exchange, routingKey: string, header: MessageHeader): void {
  queuesFound.length = 0;
  exchangesFound.length = 0;
  const { vhost } = exchange;
  if (exchange.name === '') {
    const queue = vhost.queues.get(routingKey);
    if (queue !== undefined) queuesFound.push(queue);
    return;
  }
  exchange.match(routingKey, header, find);
  if (exchange.alternate === undefined || queuesFound.length > 0 || exchangesFound.length > 0) return;
  const alternate = vhost.exchanges.get(exchange.alternate);
  if (alternate !== undefined) exchangesFound.push(alternate);
}

const NOWHERE: readonly Queue[] = [];
