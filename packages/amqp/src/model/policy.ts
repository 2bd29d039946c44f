import { patternOf } from './pattern.ts';
import type { Release } from './persona.ts';
import type { QueueType } from './queue-arguments.ts';

export type PolicyValue = string | number | boolean;
export type PolicyDefinition = Readonly<Record<string, PolicyValue>>;

export const APPLY_TO = ['all', 'queues', 'exchanges', 'classic_queues', 'quorum_queues', 'streams'] as const;
export type ApplyTo = (typeof APPLY_TO)[number];

/** https://www.rabbitmq.com/docs/parameters#policies */
export interface Policy {
  readonly name: string;
  /** A regular expression that the name of the queue or exchange must match somewhere. */
  readonly pattern: string;
  readonly definition: PolicyDefinition;
  readonly priority: number;
  readonly applyTo: ApplyTo;
}

export const NO_POLICY: PolicyDefinition = {};

export interface PolicyTarget {
  readonly kind: 'queue' | 'exchange';
  readonly name: string;
  /** Of a queue. */
  readonly type: QueueType | undefined;
}

/** The policy of the highest priority that applies; of several, the one that was set first (RabbitMQ leaves that open). */
export function policyFor(policies: Iterable<Policy>, { kind, name, type }: PolicyTarget, release: Release): Policy | undefined {
  let best: Policy | undefined;
  for (const policy of policies) {
    if (best !== undefined && policy.priority <= best.priority) continue;
    if (!appliesTo(policy.applyTo, kind, type) || !patternOf(policy.pattern).test(name)) continue;
    if (type === undefined || suits(policy.definition, type, release)) best = policy;
  }
  return best;
}

function appliesTo(applyTo: ApplyTo, kind: 'queue' | 'exchange', type: QueueType | undefined): boolean {
  switch (applyTo) {
    case 'all':
      return true;
    case 'exchanges':
      return kind === 'exchange';
    case 'queues':
      return kind === 'queue';
    case 'classic_queues':
      return type === 'classic';
    case 'quorum_queues':
      return type === 'quorum';
    case 'streams':
      return type === 'stream';
  }
}

const MIRRORING: readonly string[] = ['ha-mode', 'ha-params', 'ha-sync-mode', 'ha-promote-on-shutdown', 'ha-promote-on-failure'];
const OF_STREAMS: readonly string[] = ['max-age', 'stream-max-segment-size-bytes', 'initial-cluster-size'];
const OF_SELECTORS: readonly string[] = ['selector-fields', 'selector-field-max-bytes'];
const IN_MEMORY: readonly string[] = ['max-in-memory-length', 'max-in-memory-bytes'];

/** A policy with any of these does not apply to queues of that type, whatever else it has (capabilities/0 of the types of queues). */
const UNSUPPORTED: Readonly<Record<QueueType, readonly string[]>> = {
  classic: [...OF_STREAMS, ...OF_SELECTORS, ...IN_MEMORY, 'delivery-limit', 'dead-letter-strategy', 'target-group-size'],
  quorum: [...OF_STREAMS, ...OF_SELECTORS, ...MIRRORING, 'max-priority', 'queue-mode', 'single-active-consumer', 'queue-master-locator'],
  stream: [
    ...OF_SELECTORS,
    ...IN_MEMORY,
    ...MIRRORING,
    'expires',
    'message-ttl',
    'dead-letter-exchange',
    'dead-letter-routing-key',
    'dead-letter-strategy',
    'delivery-limit',
    'max-length',
    'max-priority',
    'overflow',
    'queue-mode',
    'queue-master-locator',
    'single-active-consumer',
    'target-group-size',
  ],
};

function suits(definition: PolicyDefinition, type: QueueType, { persona }: Release): boolean {
  return !Object.keys(definition).some((key) => {
    if (type === 'classic' && persona === '3.10' && IN_MEMORY.includes(key)) return false;
    // Classic queues have known that one since 4.0.
    if (type === 'classic' && persona !== '4' && key === 'queue-leader-locator') return true;
    return UNSUPPORTED[type].includes(key);
  });
}

/** Of these the higher number counts (rabbit_quorum_queue:merge_policy_value/3). */
const HIGHER: ReadonlySet<string> = new Set(['target-group-size', 'delayed-retry-min']);

/** The policy's definition and the operator's over it (rabbit_policies:merge_policy_value/3): the stricter number, the operator's word. */
export function mergeDefinitions(policy: PolicyDefinition, operator: PolicyDefinition): PolicyDefinition {
  if (operator === NO_POLICY) return policy;
  const merged: Record<string, PolicyValue> = { ...policy, ...operator };
  for (const [key, value] of Object.entries(policy)) {
    const other = operator[key];
    if (typeof value !== 'number' || typeof other !== 'number') continue;
    const unlimited = key === 'delivery-limit' && (value < 0 || other < 0);
    const isHigher = unlimited || HIGHER.has(key);
    merged[key] = isHigher ? Math.max(value, other) : Math.min(value, other);
  }
  return merged;
}
