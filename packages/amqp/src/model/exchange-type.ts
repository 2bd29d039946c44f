import type { Condition, Resource } from './condition.ts';
import { ConsistentHashRouting, checkHashArguments, checkHashWeight } from './consistent-hash-routing.ts';
import { stringOf, type Table } from './field-table.ts';
import { checkMatchArgument, HeadersRouting } from './headers-routing.ts';
import type { Release } from './persona.ts';
import { DirectRouting, FanoutRouting, type Routing, TopicRouting } from './routing.ts';

export interface ExchangeType {
  readonly description: string;
  /** Messages may wait in the exchange. */
  readonly delays: boolean;
  routing(args: Table, release: Release): Routing;
  check(resource: Resource, args: Table): Condition | undefined;
  checkBinding(routingKey: string, args: Table, exchangeArguments: Table, release: Release): Condition | undefined;
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
  topic: plain('AMQP topic exchange, as per the AMQP specification', () => new TopicRouting()),
  headers: {
    ...plain('AMQP headers exchange, as per the AMQP specification', (_args, { persona }) => new HeadersRouting(persona)),
    checkBinding: (_key, args) => checkMatchArgument(args),
  },
  'x-consistent-hash': {
    description: 'Consistent Hashing Exchange',
    delays: false,
    routing: (args, release) => new ConsistentHashRouting(args, release),
    check: checkHashArguments,
    checkBinding: (key, _args, _exchangeArguments, release) => checkHashWeight(key, release),
  },
  [DELAYED]: {
    description: 'Delayed Message Exchange.',
    delays: true,
    routing: (args, release) => delayedType(args)?.routing(args, release) ?? new DirectRouting(),
    check: checkDelayed,
    checkBinding: (key, args, exchangeArguments, release) =>
      delayedType(exchangeArguments)?.checkBinding(key, args, exchangeArguments, release),
  },
};

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

export function exchangeTypes(): readonly { readonly name: string; readonly description: string }[] {
  return Object.entries(TYPES).map(([name, type]) => ({ name, description: type.description }));
}
