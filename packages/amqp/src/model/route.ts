import type { Binding } from './binding.ts';
import type { Exchange } from './exchange.ts';
import type { Message, MessageHeader } from './message.ts';
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
 * match sends on to its alternate exchange (rabbit_exchange:route1/4). `keys`: CC and BCC take part,
 * `routingKey` among them; every exchange on the way is asked about each of them.
 */
export function routeMessage(from: Exchange, message: Message, keys?: readonly string[]): Route {
  search(from, message, keys);
  const route = exchangesFound.length === 0 ? { queues: once(queuesFound), byKey: from.byKey } : follow(from, message, keys);
  // The last route of a world that was closed must not keep it alive.
  queuesFound.length = 0;
  exchangesFound.length = 0;
  return route;
}

/** Most messages take one exchange and end in few queues. */
function once(queues: readonly Queue[]): readonly Queue[] {
  const [first] = queues;
  if (first === undefined) return NOWHERE;
  return queues.length === 1 ? first.alone : [...new Set(queues)];
}

function follow(from: Exchange, message: Message, keys: readonly string[] | undefined): Route {
  const queues = new Set(queuesFound);
  const exchanges = new Set([from, ...exchangesFound]);
  let { byKey } = from;
  // A Set is walked in order of insertion, including what is added on the way.
  for (const exchange of exchanges) {
    if (exchange === from) continue;
    byKey = byKey && exchange.byKey;
    search(exchange, message, keys);
    for (const queue of queuesFound) queues.add(queue);
    for (const found of exchangesFound) exchanges.add(found);
  }
  return { queues: [...queues], byKey };
}

/**
 * Leaves what it finds in {@link queuesFound} and {@link exchangesFound}. An exchange that keeps the message for a
 * while finds nothing.
 */
function search(exchange: Exchange, message: Message, keys: readonly string[] | undefined): void {
  const { routingKey, header } = message;
  queuesFound.length = 0;
  exchangesFound.length = 0;
  if (exchange.delayed?.hold(message) === true) {
    toAlternate(exchange);
    return;
  }
  if (keys === undefined || exchange.firstKeyOnly) match(exchange, routingKey, header, keys);
  else for (const key of keys) match(exchange, key, header);
  toAlternate(exchange);
}

function toAlternate(exchange: Exchange): void {
  if (exchange.alternate === undefined || exchange.name === '' || queuesFound.length > 0 || exchangesFound.length > 0) return;
  const alternate = exchange.vhost.exchanges.get(exchange.alternate);
  if (alternate !== undefined) exchangesFound.push(alternate);
}

function match(exchange: Exchange, routingKey: string, header: MessageHeader, keys?: readonly string[]): void {
  if (exchange.name !== '') {
    exchange.match(routingKey, header, find, keys);
    return;
  }
  const queue = exchange.vhost.queues.get(routingKey);
  if (queue !== undefined) queuesFound.push(queue);
}

const NOWHERE: readonly Queue[] = [];
