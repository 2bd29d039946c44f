import type { Binding } from './binding.ts';
import type { Condition, Resource } from './condition.ts';
import { type ErlangTerm, portableHash } from './erlang-hash.ts';
import { binary, timestamp, typedTerm, UNDEFINED, valueTerm } from './erlang-term.ts';
import { type Field, stringOf, type Table } from './field-table.ts';
import { jumpHash } from './jump-hash.ts';
import { hash_weight_max } from './limits.ts';
import { type MessageHeader, routingHeaders } from './message.ts';
import type { Release } from './persona.ts';
import { refuse } from './refusal.ts';
import type { Routing } from './routing.ts';

const HASHABLE_PROPERTIES: ReadonlySet<string> = new Set(['correlation_id', 'message_id', 'timestamp']);

/** Buckets that belong to one destination, which has one row of them. */
interface Row {
  readonly binding: Binding;
  readonly buckets: number;
}

/**
 * The `x-consistent-hash` type (rabbitmq_consistent_hash_exchange): a binding's key is its weight, and the
 * same routing key (or header, or property) always takes the same destination: RabbitMQ's, if the bindings
 * were made in the same order.
 */
export class ConsistentHashRouting implements Routing {
  readonly byKey: boolean;
  readonly firstKeyOnly = true;
  readonly #release: Release;
  readonly #header: string | undefined;
  readonly #property: string | undefined;
  #rows: Row[] = [];
  #buckets = 0;

  constructor(args: Table, release: Release) {
    this.#release = release;
    this.#header = stringOf(args.get('hash-header'));
    this.#property = stringOf(args.get('hash-property'));
    this.byKey = this.#header === undefined && this.#property === undefined;
  }

  /** The plugin takes one binding per destination; others are there, but change nothing. */
  add(binding: Binding): void {
    if (this.#rows.some((row) => row.binding.destination === binding.destination)) return;
    const buckets = Number(binding.routingKey);
    this.#rows.push({ binding, buckets });
    this.#buckets += buckets;
  }

  /** With any binding of a destination all its buckets go, also if another binding made them. */
  remove(binding: Binding): void {
    this.#rows = this.#rows.filter((row) => row.binding.destination !== binding.destination);
    this.#buckets = this.#rows.reduce((sum, { buckets }) => sum + buckets, 0);
  }

  /** Throws `unhashable-header`. */
  route(routingKey: string, header: MessageHeader, visit: (binding: Binding) => void): void {
    if (this.#buckets === 0) return;
    let bucket = this.#buckets === 1 ? 0 : jumpHash(this.#key(routingKey, header), this.#buckets);
    for (const { binding, buckets } of this.#rows) {
      if (bucket < buckets) {
        visit(binding);
        return;
      }
      bucket -= buckets;
    }
  }

  #key(routingKey: string, header: MessageHeader): bigint {
    const term = this.#hashed(routingKey, header);
    return term.is === 'integer' ? term.value : BigInt(portableHash(term));
  }

  #hashed(routingKey: string, header: MessageHeader): ErlangTerm {
    if (this.#header !== undefined) return headerTerm(routingHeaders(header).get(this.#header), this.#release);
    switch (this.#property) {
      case undefined:
        return binary(routingKey);
      case 'correlation_id':
        return optional(header.correlationId);
      case 'message_id':
        return optional(header.messageId);
      default:
        return optional(header.timestamp?.toString());
    }
  }
}

function optional(value: string | undefined): ErlangTerm {
  return value === undefined ? UNDEFINED : binary(value);
}

/** 3.10 hashes a header together with the name of its type; later ones the value, of a list its first element. */
function headerTerm(field: Field | undefined, release: Release): ErlangTerm {
  if (field === undefined) return UNDEFINED;
  if (release.persona === '3.10') return typedTerm(field);
  if (field.type === 'T') return timestamp(field.value);
  const value = valueTerm(field);
  if (value.is !== 'list') return value;
  return value.items[0] ?? (release.has('empty-list-hashed') ? value : refuse({ kind: 'unhashable-header' }));
}

export function checkHashArguments(resource: Resource, args: Table): Condition | undefined {
  const header = args.get('hash-header');
  const property = args.get('hash-property');
  const problem = (problem: 'hash-header-and-property' | 'hash-argument-type' | 'hash-property', value: string): Condition => ({
    kind: 'invalid-exchange-argument',
    resource,
    problem,
    value,
  });
  for (const field of [header, property]) if (field !== undefined && field.type !== 'S') return problem('hash-argument-type', '');
  if (header !== undefined && property !== undefined) return problem('hash-header-and-property', '');
  const name = stringOf(property) ?? '';
  return property === undefined || HASHABLE_PROPERTIES.has(name) ? undefined : problem('hash-property', name);
}

export function checkHashWeight(routingKey: string, release: Release): Condition | undefined {
  if (!/^[+-]?\d+$/.test(routingKey)) return { kind: 'invalid-hash-weight', key: routingKey };
  if (Number(routingKey) < 1) return { kind: 'hash-weight-too-low' };
  const tooHigh = Number(routingKey) > hash_weight_max && release.has('weights-bounded');
  return tooHigh ? { kind: 'hash-weight-too-high', limit: hash_weight_max } : undefined;
}
