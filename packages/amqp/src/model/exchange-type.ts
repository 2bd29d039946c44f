import type { Random } from '@wirelike/kernel';
import type { Condition, Resource } from './condition.ts';
import { ConsistentHashRouting, checkHashArguments, checkHashWeight } from './consistent-hash-routing.ts';
import type { Exchange } from './exchange.ts';
import { stringOf, type Table } from './field-table.ts';
import { checkMatchArgument, HeadersRouting } from './headers-routing.ts';
import { topic_wildcards_max } from './limits.ts';
import { checkLocalBinding, LocalRandomRouting } from './local-random-routing.ts';
import { ModulusHashRouting } from './modulus-hash-routing.ts';
import type { Novelty, Release } from './persona.ts';
import type { Queue } from './queue.ts';
import { DirectRouting, FanoutRouting, type Routing, TopicRouting } from './routing.ts';

export interface ProposedBinding {
  readonly destination: Queue | Exchange;
  readonly routingKey: string;
  readonly arguments: Table;
}

export interface ExchangeType {
  readonly description: string;
  /** Messages may wait in the exchange. */
  readonly delays: boolean;
  /** Releases before it do not know the type. */
  readonly since?: Novelty;
  routing(args: Table, release: Release, random: Random): Routing;
  check(resource: Resource, args: Table): Condition | undefined;
  checkBinding(binding: ProposedBinding, exchangeArguments: Table, release: Release): Condition | undefined;
}

const fine = (): undefined => undefined;

const plain = (description: string, routing: ExchangeType['routing']): ExchangeType => ({
  description,
  delays: false,
  routing,
  check: fine,
  checkBinding: fine,
});

const DELAYED = 'x-delayed-message';

/** The descriptions are what RabbitMQ's overview lists. */
const TYPES: Readonly<Record<string, ExchangeType>> = {
  direct: plain('AMQP direct exchange, as per the AMQP specification', () => new DirectRouting()),
  fanout: plain('AMQP fanout exchange, as per the AMQP specification', () => new FanoutRouting()),
  topic: {
    ...plain('AMQP topic exchange, as per the AMQP specification', () => new TopicRouting()),
    checkBinding: ({ routingKey }, _exchangeArguments, release) => checkWildcards(routingKey, release),
  },
  headers: {
    ...plain('AMQP headers exchange, as per the AMQP specification', (_args, { persona }) => new HeadersRouting(persona)),
    checkBinding: ({ arguments: args }) => checkMatchArgument(args),
  },
  'x-consistent-hash': {
    description: 'Consistent Hashing Exchange',
    delays: false,
    routing: (args, release) => new ConsistentHashRouting(args, release),
    check: checkHashArguments,
    checkBinding: ({ routingKey }, _exchangeArguments, release) => checkHashWeight(routingKey, release),
  },
  'x-local-random': {
    ...plain('Picks one random local binding (queue) to route via (to).', (_args, _release, random) => new LocalRandomRouting(random)),
    since: 'local-random-exchanges',
    checkBinding: checkLocalBinding,
  },
  'x-modulus-hash': {
    ...plain('Modulus Hashing Exchange', () => new ModulusHashRouting()),
    since: 'modulus-hash-exchanges',
  },
  [DELAYED]: {
    description: 'Delayed Message Exchange.',
    delays: true,
    routing: (args, release, random) => delayedType(args)?.routing(args, release, random) ?? new DirectRouting(),
    check: checkDelayed,
    checkBinding: (binding, exchangeArguments, release) =>
      delayedType(exchangeArguments)?.checkBinding(binding, exchangeArguments, release),
  },
};

function checkWildcards(key: string, release: Release): Condition | undefined {
  if (!release.has('wildcards-bounded')) return undefined;
  const count = key.split('.').filter((word) => word === '#').length;
  return count > topic_wildcards_max ? { kind: 'too-many-wildcards', key, count, limit: topic_wildcards_max } : undefined;
}

function delayedType(args: Table): ExchangeType | undefined {
  const name = stringOf(args.get('x-delayed-type'));
  return name === undefined || name === DELAYED || !isExchangeType(name) ? undefined : TYPES[name];
}

/** rabbit_exchange_type_delayed_message:validate/1. */
function checkDelayed(resource: Resource, args: Table): Condition | undefined {
  const name = stringOf(args.get('x-delayed-type'));
  if (name === undefined) return { kind: 'invalid-exchange-argument', resource, problem: 'delayed-type', value: '' };
  if (name === DELAYED) return { kind: 'invalid-exchange-argument', resource, problem: 'delayed-type-itself', value: '' };
  const type = delayedType(args);
  return type === undefined ? { kind: 'unknown-exchange-type', type: name } : type.check(resource, args);
}

export function isExchangeType(name: string): boolean {
  return Object.hasOwn(TYPES, name);
}

/** The type of an exchange that exists, so its type does. */
export function exchangeTypeOf(name: string): ExchangeType {
  const type = isExchangeType(name) ? TYPES[name] : undefined;
  if (type === undefined) throw new Error(`no exchange type ${name}`);
  return type;
}

/** Whether a release has that type. */
export function hasExchangeType(release: Release, name: string): boolean {
  const since = isExchangeType(name) ? TYPES[name]?.since : undefined;
  return isExchangeType(name) && (since === undefined || release.has(since));
}

export function exchangeTypes(release: Release): readonly { readonly name: string; readonly description: string }[] {
  return Object.entries(TYPES)
    .filter(([name]) => hasExchangeType(release, name))
    .map(([name, type]) => ({ name, description: type.description }));
}
