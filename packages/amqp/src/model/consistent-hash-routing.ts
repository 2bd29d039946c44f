import type { Binding } from './binding.ts';
import type { Condition, Resource } from './condition.ts';
import { type Field, stringOf, type Table } from './field-table.ts';
import type { MessageHeader } from './message.ts';
import type { Routing } from './routing.ts';

const HASHABLE_PROPERTIES: ReadonlySet<string> = new Set(['correlation_id', 'message_id', 'timestamp']);

/**
 * The `x-consistent-hash` type (rabbitmq_consistent_hash_exchange): a binding's key is its weight, and the
 * same routing key (or header, or property) always takes the same destination. Which destination that is
 * differs from RabbitMQ, whose hash is Erlang's own.
 */
export class ConsistentHashRouting implements Routing {
  readonly byKey: boolean;
  readonly #header: string | undefined;
  readonly #property: string | undefined;
  #buckets: Binding[] = [];

  constructor(args: Table) {
    this.#header = stringOf(args.get('hash-header'));
    this.#property = stringOf(args.get('hash-property'));
    this.byKey = this.#header === undefined && this.#property === undefined;
  }

  add(binding: Binding): void {
    // The plugin takes one binding per destination; others are ignored.
    if (this.#buckets.some((bucket) => bucket.destination === binding.destination)) return;
    const weight = Math.trunc(Number(binding.routingKey));
    for (let count = 0; count < weight; count++) this.#buckets.push(binding);
  }

  remove(binding: Binding): void {
    this.#buckets = this.#buckets.filter((bucket) => bucket !== binding);
  }

  route(routingKey: string, header: MessageHeader, visit: (binding: Binding) => void): void {
    if (this.#buckets.length === 0) return;
    const binding = this.#buckets[jump(hash(this.#hashed(routingKey, header)), this.#buckets.length)];
    if (binding !== undefined) visit(binding);
  }

  #hashed(routingKey: string, header: MessageHeader): string {
    if (this.#header !== undefined) return printed(header.headers?.get(this.#header));
    switch (this.#property) {
      case undefined:
        return routingKey;
      case 'correlation_id':
        return header.correlationId ?? '';
      case 'message_id':
        return header.messageId ?? '';
      default:
        return header.timestamp?.toString() ?? '';
    }
  }
}

export function checkHashArguments(resource: Resource, args: Table): Condition | undefined {
  const header = args.get('hash-header');
  const property = args.get('hash-property');
  const problem = (problem: 'hash-header-and-property' | 'hash-header' | 'hash-property', value: string): Condition => ({
    kind: 'invalid-exchange-argument',
    resource,
    problem,
    value,
  });
  if (header !== undefined && property !== undefined) return problem('hash-header-and-property', printed(property));
  if (header !== undefined && stringOf(header) === undefined) return problem('hash-header', printed(header));
  const name = stringOf(property);
  if (property !== undefined && (name === undefined || !HASHABLE_PROPERTIES.has(name))) return problem('hash-property', printed(property));
  return undefined;
}

export function checkHashWeight(routingKey: string): Condition | undefined {
  return /^\d+$/.test(routingKey) ? undefined : { kind: 'invalid-hash-weight', key: routingKey };
}

function printed(field: Field | undefined): string {
  return field === undefined ? '' : String(field.value);
}

function hash(text: string): bigint {
  let result = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    result = BigInt.asUintN(64, (result ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return result;
}

/** Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014). */
function jump(key: bigint, buckets: number): number {
  let state = key;
  let bucket = -1;
  for (let next = 0; next < buckets; ) {
    bucket = next;
    state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
    next = Math.floor((bucket + 1) * (2 ** 31 / (Number(state >> 33n) + 1)));
  }
  return bucket;
}
