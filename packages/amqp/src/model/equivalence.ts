import type { BrokerConnection } from './broker-connection.ts';
import type { Resource, Stated } from './condition.ts';
import { equalTerm, sameTerm, valueTerm } from './erlang-term.ts';
import type { Exchange, ExchangeProperties } from './exchange.ts';
import { FIELD_TYPE_NAMES, type Field, stringOf, type Table, text } from './field-table.ts';
import { parseMaxAge } from './max-age.ts';
import type { Queue } from './queue.ts';
import { knownArguments } from './queue-arguments.ts';
import { refuse } from './refusal.ts';

/** Declaring again is fine if all of it agrees (rabbit_exchange:assert_equivalence/6). */
export function assertExchangeEquivalence(exchange: Exchange, received: ExchangeProperties): void {
  const resource = exchange.vhost.resource('exchange', exchange.name);
  assertProperty(resource, 'type', received.type, exchange.type);
  assertProperty(resource, 'durable', String(received.durable), String(exchange.durable));
  assertProperty(resource, 'auto_delete', String(received.autoDelete), String(exchange.autoDelete));
  assertProperty(resource, 'internal', String(received.internal), String(exchange.internal));
  // No type compares arguments of its own.
  assertArgument(resource, 'alternate-exchange', received.arguments, exchange.arguments);
}

/** rabbit_amqqueue:assert_equivalence/5. */
export function assertQueueEquivalence(
  queue: Queue,
  received: { readonly durable: boolean; readonly autoDelete: boolean; readonly arguments: Table },
  owner: BrokerConnection | undefined,
): void {
  const { resource } = queue;
  if (queue.owner !== owner) refuse({ kind: 'locked', resource });
  assertProperty(resource, 'durable', String(received.durable), String(queue.durable));
  assertProperty(resource, 'auto_delete', String(received.autoDelete), String(queue.autoDelete));
  const [theirs, ours] = queue.vhost.release.has('max-age-compared-in-milliseconds')
    ? [agedInMilliseconds(received.arguments), agedInMilliseconds(queue.arguments)]
    : [received.arguments, queue.arguments];
  for (const name of knownArguments(queue.type, queue.vhost.release)) assertArgument(resource, name, theirs, ours);
}

function agedInMilliseconds(args: Table): Table {
  const age = parseMaxAge(stringOf(args.get(MAX_AGE)) ?? '');
  return age === undefined ? args : new Map(args).set(MAX_AGE, text(String(age)));
}

const MAX_AGE = 'x-max-age';

function assertProperty(resource: Resource, argument: string, received: string, current: string): void {
  if (received === current) return;
  refuse({
    kind: 'inequivalent',
    argument,
    resource,
    received: { is: 'property', value: received },
    current: { is: 'property', value: current },
  });
}

/**
 * Types may differ as long as the values are the same terms, so a timestamp may take the place of a number, and a binary that
 * of a string (rabbit_misc:assert_args_equivalence1/4).
 */
function assertArgument(resource: Resource, argument: string, received: Table, current: Table): void {
  const theirs = received.get(argument);
  const ours = current.get(argument);
  if (theirs === undefined && ours === undefined) return;
  if (theirs !== undefined && ours !== undefined) {
    const [received, current] = [valueTerm(theirs), valueTerm(ours)];
    if (sameTerm(received, current)) return;
    if (typeClass(theirs) === typeClass(ours) && equalTerm(received, current)) return;
    refuse({ kind: 'inequivalent', argument, resource, received: statedValue(theirs), current: statedValue(ours) });
  }
  // A queue is classic unless it says otherwise.
  if (argument === 'x-queue-type' && stringOf(theirs ?? ours) === 'classic') return;
  refuse({ kind: 'inequivalent', argument, resource, received: stated(theirs), current: stated(ours) });
}

function stated(field: Field | undefined): Stated {
  return field === undefined ? { is: 'none' } : { is: 'typed', field };
}

/** A void value is the atom that says there is none. */
function statedValue(field: Field): Stated {
  // A scale and a number look like a type and a value; RabbitMQ crashes with the type (rabbit_misc:val/1).
  if (field.type === 'D') refuse({ kind: 'crash' });
  return field.type === 'V' ? { is: 'none' } : { is: 'value', field };
}

const INTEGERS: ReadonlySet<string> = new Set([
  'byte',
  'short',
  'signedint',
  'long',
  'decimal',
  'unsignedbyte',
  'unsignedshort',
  'unsignedint',
]);

function typeClass(field: Field): string {
  const name = FIELD_TYPE_NAMES[field.type];
  if (INTEGERS.has(name)) return 'int';
  return name === 'double' ? 'float' : name;
}
