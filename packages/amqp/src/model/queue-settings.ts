import { booleanOf, EMPTY_TABLE, integerOf, stringOf, type Table } from './field-table.ts';
import { quorum_delivery_limit_default } from './limits.ts';
import { parseMaxAge } from './max-age.ts';
import type { Persona } from './persona.ts';
import { NO_POLICY, type PolicyDefinition, type PolicyValue } from './policy.ts';
import type { QueueType } from './queue-arguments.ts';

export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';

/** The delay grows with the failures of a message, from the lowest to the highest. */
export interface DelayedRetry {
  readonly type: 'all' | 'failed' | 'returned';
  readonly min_milliseconds: number;
  readonly max_milliseconds: number;
}

/** What holds for a queue: its arguments and its policies, resolved. Replaced as a whole when a policy changes. */
export interface QueueSettings {
  readonly ttl_milliseconds: number | undefined;
  readonly expires_milliseconds: number | undefined;
  readonly max_length_messages: number | undefined;
  readonly max_length_bytes: number | undefined;
  /** There is some maximum. */
  readonly bounded: boolean;
  readonly overflow: Overflow;
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterRoutingKey: string | undefined;
  readonly singleActiveConsumer: boolean;
  /** 0 for a queue without priorities. */
  readonly maxPriority: number;
  /** Quorum queues: how often a message may come back before it is dropped. Undefined for no limit. */
  readonly deliveryLimit: number | undefined;
  /** Quorum queues of 4.3: what of that which comes back is delayed. */
  readonly delayedRetry: DelayedRetry | undefined;
  /** How long a delivery may stay unacknowledged, instead of what holds for the broker. 3.12 brought it. */
  readonly consumer_timeout_milliseconds: number | undefined;
  /** Streams. */
  readonly max_age_milliseconds: number | undefined;
  readonly max_segment_bytes: number | undefined;
}

/**
 * Numbers: the lower of argument and policy. The rest: the argument wins
 * (rabbit_amqqueue_process:process_args_policy/1, rabbit_quorum_queue:ra_machine_config/1).
 */
export function resolveSettings(type: QueueType, args: Table, policy: PolicyDefinition, persona: Persona): QueueSettings {
  // Most queues have neither arguments nor policies, and there may be many thousands.
  return isPlain(args) && policy === NO_POLICY ? plainSettings(type, persona) : resolve(type, args, policy, persona);
}

function isPlain(args: Table): boolean {
  return args.size === 0 || (args.size === 1 && args.has('x-queue-type'));
}

const plain = new Map<string, QueueSettings>();

function plainSettings(type: QueueType, persona: Persona): QueueSettings {
  const key = `${type} ${persona}`;
  const known = plain.get(key);
  if (known !== undefined) return known;
  const settings = resolve(type, EMPTY_TABLE, NO_POLICY, persona);
  plain.set(key, settings);
  return settings;
}

function resolve(type: QueueType, args: Table, policy: PolicyDefinition, persona: Persona): QueueSettings {
  const lower = (name: string): number | undefined => {
    const byArgument = integerOf(args.get(`x-${name}`));
    const byPolicy = numberOf(policy[name]);
    if (byArgument === undefined || byPolicy === undefined) return byArgument ?? byPolicy;
    return Math.min(byArgument, byPolicy);
  };
  const words = (name: string): string | undefined => stringOf(args.get(`x-${name}`)) ?? wordOf(policy[name]);
  const max_length_messages = type === 'stream' ? undefined : lower('max-length');
  const max_length_bytes = lower('max-length-bytes');
  const maxAge = words('max-age');
  return {
    ttl_milliseconds: lower('message-ttl'),
    expires_milliseconds: lower('expires'),
    max_length_messages,
    max_length_bytes,
    bounded: max_length_messages !== undefined || max_length_bytes !== undefined,
    // Of quorum queues alone the policy wins (rabbit_quorum_queue:policy_has_precedence/2).
    overflow: overflowOf((type === 'quorum' ? wordOf(policy.overflow) : undefined) ?? words('overflow'), type),
    deadLetterExchange: words('dead-letter-exchange'),
    deadLetterRoutingKey: words('dead-letter-routing-key'),
    singleActiveConsumer: booleanOf(args.get('x-single-active-consumer')) ?? false,
    maxPriority: type === 'classic' ? (integerOf(args.get('x-max-priority')) ?? 0) : 0,
    deliveryLimit: type === 'quorum' ? deliveryLimit(args, policy, persona) : undefined,
    delayedRetry: type === 'quorum' ? delayedRetry(wordOf(policy['delayed-retry-type']) ?? words('delayed-retry-type'), lower) : undefined,
    consumer_timeout_milliseconds: persona === '3.10' ? undefined : lower('consumer-timeout'),
    max_age_milliseconds: maxAge === undefined ? undefined : parseMaxAge(maxAge),
    max_segment_bytes: lower('stream-max-segment-size-bytes'),
  };
}

function overflowOf(name: string | undefined, type: QueueType): Overflow {
  if (name === 'reject-publish') return name;
  // Quorum queues know no reject-publish-dlx and fall back (rabbit_quorum_queue:overflow/3).
  if (name === 'reject-publish-dlx' && type === 'classic') return name;
  return 'drop-head';
}

/** Undefined for none: before 4.0 by default, from 4.0 on for a negative one, which before that no return keeps. */
function deliveryLimit(args: Table, policy: PolicyDefinition, persona: Persona): number | undefined {
  const byArgument = integerOf(args.get('x-delivery-limit'));
  const byPolicy = numberOf(policy['delivery-limit']);
  if (byArgument === undefined && byPolicy === undefined) return persona === '4' ? quorum_delivery_limit_default : undefined;
  const limits = [byArgument, byPolicy].filter((limit) => limit !== undefined && (limit >= 0 || persona !== '4'));
  return limits.length === 0 ? undefined : Math.min(...limits.map(Number));
}

/** rabbit_quorum_queue:get_delayed_retry_config/1. */
function delayedRetry(type: string | undefined, lower: (name: string) => number | undefined): DelayedRetry | undefined {
  if (type !== 'all' && type !== 'failed' && type !== 'returned') return undefined;
  const [min = 0, max = 0] = [lower('delayed-retry-min'), lower('delayed-retry-max')];
  return min > 0 ? { type, min_milliseconds: min, max_milliseconds: max > 0 ? max : min } : undefined;
}

function numberOf(value: PolicyValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function wordOf(value: PolicyValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
