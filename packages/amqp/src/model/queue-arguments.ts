import type { ArgumentFault, Resource } from './condition.ts';
import { byName, FIELD_TYPE_NAMES, type Field, integerOf, stringOf, type Table } from './field-table.ts';
import { expiry_max_milliseconds, priority_max, stream_segment_size_max_bytes } from './limits.ts';
import { parseMaxAge } from './max-age.ts';
import type { Persona, Release } from './persona.ts';
import { refuse } from './refusal.ts';

export type QueueType = 'classic' | 'quorum' | 'stream';

/** RabbitMQ's names of the modules, which its texts show. */
export const QUEUE_TYPE_MODULES: Readonly<Record<QueueType, string>> = {
  classic: 'rabbit_classic_queue',
  quorum: 'rabbit_quorum_queue',
  stream: 'rabbit_stream_queue',
};

const TYPES: readonly QueueType[] = ['classic', 'quorum', 'stream'];

type Check = (field: Field, args: Table, release: Release) => ArgumentFault | undefined;

/** The checks in RabbitMQ's order (rabbit_amqqueue:declare_args/0): the first that fails is reported. */
const CHECKS: readonly (readonly [string, Check])[] = [
  ['x-expires', checkExpires],
  ['x-message-ttl', checkTtl],
  ['x-dead-letter-exchange', checkString],
  ['x-dead-letter-routing-key', checkDeadLetterKey],
  ['x-dead-letter-strategy', oneOf(['at-most-once', 'at-least-once'], 'invalid_dlx_strategy')],
  ['x-max-length', checkNotNegative],
  ['x-max-length-bytes', checkNotNegative],
  ['x-max-in-memory-length', checkNotNegative],
  ['x-max-in-memory-bytes', checkNotNegative],
  ['x-max-priority', checkPriority],
  ['x-overflow', oneOf(['drop-head', 'reject-publish', 'reject-publish-dlx'], 'invalid_overflow')],
  ['x-queue-mode', checkMode],
  ['x-queue-version', checkVersion],
  ['x-single-active-consumer', checkBoolean],
  ['x-consumer-timeout', checkNotNegative],
  ['x-consumer-disconnected-timeout', checkNotNegative],
  ['x-quorum-initial-group-size', checkPositive],
  ['x-max-age', checkMaxAge],
  ['x-stream-max-segment-size-bytes', checkNotNegative],
  ['x-stream-filter-size-bytes', checkNotNegative],
  ['x-initial-cluster-size', checkPositive],
  ['x-queue-leader-locator', oneOf(['client-local', 'balanced', 'random', 'least-leaders'], 'invalid_queue_locator_arg')],
];

const CLASSIC = [
  'x-expires',
  'x-message-ttl',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-max-length',
  'x-max-length-bytes',
  'x-max-priority',
  'x-overflow',
  'x-queue-mode',
  'x-queue-version',
  'x-single-active-consumer',
  'x-queue-type',
  'x-queue-master-locator',
];

const QUORUM = [
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-dead-letter-strategy',
  'x-expires',
  'x-max-length',
  'x-max-length-bytes',
  'x-max-in-memory-length',
  'x-max-in-memory-bytes',
  'x-overflow',
  'x-single-active-consumer',
  'x-queue-type',
  'x-quorum-initial-group-size',
  'x-delivery-limit',
  'x-message-ttl',
  'x-queue-leader-locator',
];

const STREAM = [
  'x-max-length-bytes',
  'x-queue-type',
  'x-max-age',
  'x-stream-max-segment-size-bytes',
  'x-initial-cluster-size',
  'x-queue-leader-locator',
];

const FILTERED_STREAM = STREAM.toSpliced(4, 0, 'x-stream-filter-size-bytes');

const DELAYED_RETRIES = ['x-delayed-retry-type', 'x-delayed-retry-min', 'x-delayed-retry-max'];

type KnownArguments = Readonly<Record<QueueType, readonly string[]>>;

/** Each declaration asks for all of them. */
const KNOWN = new WeakMap<Release, KnownArguments>();

/** What equivalence compares; other arguments of the other types are refused (rabbit_queue_type:arguments/2). */
export function knownArguments(type: QueueType, release: Release): readonly string[] {
  let known = KNOWN.get(release);
  if (known === undefined) {
    const of = (each: QueueType): readonly string[] => argumentsOf(each, release);
    known = { classic: of('classic'), quorum: of('quorum'), stream: of('stream') };
    KNOWN.set(release, known);
  }
  return known[type];
}

function argumentsOf(type: QueueType, release: Release): readonly string[] {
  if (type === 'quorum') {
    const timeouts = release.has('queues-timeouts') ? ['x-consumer-timeout'] : [];
    return release.has('delayed-retries') ? [...QUORUM, 'x-consumer-disconnected-timeout', ...timeouts, ...DELAYED_RETRIES] : QUORUM;
  }
  if (type === 'stream') return release.has('known-filter-size') ? FILTERED_STREAM : STREAM;
  return release.persona === '4' ? [...CLASSIC, 'x-queue-leader-locator'] : CLASSIC;
}

type ConsumerArguments = Readonly<Record<QueueType, readonly string[]>>;

/** Up to 3.13 streams took their filters without saying so (rabbit_queue_type:consumer_arguments/1). */
const OLD_CONSUMER_ARGUMENTS: ConsumerArguments = {
  classic: ['x-priority', 'x-cancel-on-ha-failover', 'x-credit'],
  quorum: ['x-priority', 'x-credit'],
  stream: ['x-stream-offset', 'x-credit'],
};

const CONSUMER_ARGUMENTS: ConsumerArguments = {
  classic: ['x-priority'],
  quorum: ['x-priority'],
  stream: ['x-stream-offset', 'x-stream-filter', 'x-stream-match-unfiltered'],
};

/** Quorum queues look after timeouts themselves. */
const NEWER_CONSUMER_ARGUMENTS: ConsumerArguments = { ...CONSUMER_ARGUMENTS, quorum: ['x-priority', 'x-consumer-timeout'] };

function consumerArguments(release: Release): ConsumerArguments {
  if (release.persona !== '4') return OLD_CONSUMER_ARGUMENTS;
  return release.has('timeouts-of-quorum-queues') ? NEWER_CONSUMER_ARGUMENTS : CONSUMER_ARGUMENTS;
}

export function queueTypeOf(args: Table): QueueType | undefined {
  const name = stringOf(args.get('x-queue-type'));
  return name === undefined ? 'classic' : isQueueType(name) ? name : undefined;
}

export function isQueueType(name: string): name is QueueType {
  return name === 'classic' || name === 'quorum' || name === 'stream';
}

/** Throws the refusal that RabbitMQ gives for the arguments of a declaration. Returns the queue's type. */
export function checkQueueArguments(resource: Resource, args: Table, release: Release, isTypeLeftOut: boolean): QueueType {
  const typeField = args.get('x-queue-type');
  if (typeField !== undefined && !isNoType(typeField, release)) reject(resource, 'x-queue-type', checkType(typeField));
  const type = queueTypeOf(args) ?? 'classic';
  const known = knownArguments(type, release);
  for (const [name, check] of CHECKS) {
    const field = args.get(name);
    if (field !== undefined && known.includes(name)) reject(resource, name, check(field, args, release));
  }
  // A type that is put in by the server sorts them (rabbit_amqqueue:check_declare_arguments/3).
  const inOrder = isTypeLeftOut && release.persona !== '3.10' ? byName(args) : args;
  for (const name of inOrder.keys()) {
    if (known.includes(name) || !TYPES.some((other) => knownArguments(other, release).includes(name))) continue;
    refuse({ kind: 'unsupported-argument', argument: name, resource, queueType: QUEUE_TYPE_MODULES[type] });
  }
  return type;
}

export function checkConsumerArguments(resource: Resource, type: QueueType, args: Table, release: Release): void {
  const priority = args.get('x-priority');
  const byType = consumerArguments(release);
  const known = byType[type];
  if (priority !== undefined && known.includes('x-priority')) reject(resource, 'x-priority', checkInteger(priority));
  const cancels = args.get('x-cancel-on-ha-failover');
  if (cancels !== undefined && known.includes('x-cancel-on-ha-failover'))
    reject(resource, 'x-cancel-on-ha-failover', checkBoolean(cancels));
  const timeout = args.get('x-consumer-timeout');
  if (timeout !== undefined && known.includes('x-consumer-timeout')) reject(resource, 'x-consumer-timeout', checkNotNegative(timeout));
  const offset = args.get('x-stream-offset');
  if (offset !== undefined && type === 'stream') reject(resource, 'x-stream-offset', checkOffset(offset, release));
  for (const name of args.keys()) {
    if (known.includes(name) || !Object.values(byType).some((names) => names.includes(name))) continue;
    refuse({ kind: 'unsupported-argument', argument: name, resource, queueType: QUEUE_TYPE_MODULES[type] });
  }
}

/** What streams look at when the rest of the declaration is right (rabbit_stream_queue:declare/2). */
export function checkStreamSizes(args: Table, persona: Persona): void {
  if ((integerOf(args.get('x-stream-max-segment-size-bytes')) ?? 0) > stream_segment_size_max_bytes)
    refuse({ kind: 'stream-segment-too-large' });
  const size = args.get('x-stream-filter-size-bytes');
  if (persona === '3.10' || size === undefined) return;
  // To Erlang, what is no number is larger than any.
  const isNumber = size.type !== 't' && (typeof size.value === 'number' || typeof size.value === 'bigint');
  if (!isNumber || size.value < 16 || size.value > 255) refuse({ kind: 'stream-filter-size' });
}

function reject(resource: Resource, argument: string, fault: ArgumentFault | undefined): void {
  if (fault !== undefined) refuse({ kind: 'invalid-argument', argument, resource, fault });
}

function isNoType(field: Field, release: Release): boolean {
  const name = stringOf(field);
  return release.has('empty-queue-types') && (name === '' || name === 'undefined');
}

function checkType(field: Field): ArgumentFault | undefined {
  if (field.type !== 'S') return unacceptable(field);
  const name = textOf(field.value);
  return isQueueType(name) ? undefined : { fault: 'unsupported', what: 'queue type', value: name };
}

function checkInteger(field: Field): ArgumentFault | undefined {
  return integerOf(field) === undefined ? { fault: 'expected_integer', got: FIELD_TYPE_NAMES[field.type] } : undefined;
}

function checkNotNegative(field: Field): ArgumentFault | undefined {
  const value = integerOf(field);
  if (value === undefined) return checkInteger(field);
  return value < 0 ? { fault: 'value_negative', value } : undefined;
}

function checkPositive(field: Field): ArgumentFault | undefined {
  return integerOf(field) === 0 ? { fault: 'value_zero', value: 0 } : checkNotNegative(field);
}

function checkTtl(field: Field): ArgumentFault | undefined {
  const value = integerOf(field);
  if (value !== undefined && value > expiry_max_milliseconds) return { fault: 'value_too_large', value };
  return checkNotNegative(field);
}

function checkExpires(field: Field): ArgumentFault | undefined {
  return integerOf(field) === 0 ? { fault: 'value_zero', value: 0 } : checkTtl(field);
}

function checkPriority(field: Field): ArgumentFault | undefined {
  const value = integerOf(field);
  if (value !== undefined && value > priority_max) return { fault: 'max_value_exceeded', value };
  return checkNotNegative(field);
}

function checkString(field: Field): ArgumentFault | undefined {
  return field.type === 'S' ? undefined : unacceptable(field);
}

function checkBoolean(field: Field): ArgumentFault | undefined {
  return field.type === 't' ? undefined : unacceptable(field);
}

function checkDeadLetterKey(field: Field, args: Table): ArgumentFault | undefined {
  if (field.type !== 'S') return unacceptable(field);
  return args.has('x-dead-letter-exchange') ? undefined : { fault: 'routing_key_but_no_dlx_defined' };
}

function checkMode(field: Field, _args: Table, release: Release): ArgumentFault | undefined {
  if (release.has('queue-modes-ignored')) return undefined;
  if (field.type !== 'S') return unacceptable(field);
  const value = textOf(field.value);
  return value === 'default' || value === 'lazy' ? undefined : { fault: 'unsupported', what: 'queue mode', value };
}

function checkVersion(field: Field, _args: Table, release: Release): ArgumentFault | undefined {
  const value = integerOf(field);
  if (value === 2 || (value === 1 && !release.has('queue-modes-ignored'))) return undefined;
  return checkNotNegative(field) ?? { fault: 'unsupported', what: 'queue version', value: String(value) };
}

function checkMaxAge(field: Field, _args: Table, release: Release): ArgumentFault | undefined {
  if (field.type !== 'S') return unacceptable(field);
  return isAge(textOf(field.value), release) ? undefined : { fault: 'invalid_max_age' };
}

/** Only strings are looked at; what else is no offset shows when the reader starts (rabbit_stream_queue:parse_offset_arg/1). */
function checkOffset(field: Field, release: Release): ArgumentFault | undefined {
  if (field.type !== 'S') return undefined;
  const value = textOf(field.value);
  if (['first', 'last', 'next'].includes(value) || isAge(value, release)) return undefined;
  return { fault: 'invalid_stream_offset_arg', field };
}

/** Releases that look for a number where there is none crash. */
function isAge(value: string, release: Release): boolean {
  if (!/^[0-9]/.test(value) && !release.has('ages-without-digits')) refuse({ kind: 'crash' });
  return parseMaxAge(value) !== undefined;
}

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
}

function oneOf(values: readonly string[], fault: 'invalid_overflow' | 'invalid_dlx_strategy' | 'invalid_queue_locator_arg'): Check {
  return (field) => {
    if (field.type !== 'S') return unacceptable(field);
    return values.includes(textOf(field.value)) ? undefined : { fault };
  };
}

function unacceptable(field: Field): ArgumentFault {
  return { fault: 'unacceptable_type', got: FIELD_TYPE_NAMES[field.type] };
}
