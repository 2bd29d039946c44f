import { type Novelty, type Persona, patternMistake, type Release } from '../model/index.ts';
import { erlangList, erlangTerm, isObject, type JsonObject } from './json.ts';

interface Key {
  /** What RabbitMQ says of a value that is none: `-1 is not a valid maximum length`. */
  readonly what: string;
  fits(value: unknown): boolean;
  /** Operators may set it too: always, or since 3.13. */
  readonly operator?: boolean | '3.13';
  /** 3.10 does not know it. */
  readonly newer?: boolean;
  /** Releases before it do not. */
  readonly since?: Novelty;
}

const text = (value: unknown): boolean => typeof value === 'string';
const whole = (value: unknown): boolean => Number.isInteger(value);
const atLeast =
  (least: number, most = Number.POSITIVE_INFINITY) =>
  (value: unknown): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
const among =
  (...words: readonly unknown[]) =>
  (value: unknown): boolean =>
    words.includes(value);

const delay = (which: string): Key => ({
  what: `delayed retry ${which} delay. Must be a positive integer`,
  fits: atLeast(1),
  since: 'delayed-retries',
  operator: true,
});

/** rabbit_policies:validate_policy0/2. */
const KEYS: Readonly<Record<string, Key>> = {
  'alternate-exchange': { what: 'alternate exchange name', fits: text },
  'consumer-timeout': { what: 'consumer timeout', fits: atLeast(0), newer: true },
  'dead-letter-exchange': { what: 'dead letter exchange name', fits: text },
  'dead-letter-routing-key': { what: 'dead letter routing key', fits: text },
  'dead-letter-strategy': { what: 'dead letter strategy', fits: among('at-most-once', 'at-least-once') },
  'message-ttl': { what: 'message TTL', fits: atLeast(0), operator: true },
  expires: { what: 'queue expiry', fits: atLeast(1), operator: true },
  'max-length': { what: 'maximum length', fits: atLeast(0), operator: true },
  'max-length-bytes': { what: 'maximum length in bytes', fits: atLeast(0), operator: true },
  'max-in-memory-length': { what: 'maximum memory in bytes', fits: atLeast(0), operator: true },
  'max-in-memory-bytes': { what: 'maximum memory in bytes', fits: atLeast(0), operator: true },
  'queue-mode': { what: 'queue-mode value', fits: among('default', 'lazy') },
  'queue-version': { what: 'queue-version value', fits: among(1, 2), operator: '3.13' },
  overflow: { what: 'overflow value', fits: among('drop-head', 'reject-publish', 'reject-publish-dlx'), operator: '3.13' },
  'delivery-limit': { what: 'delivery limit', fits: whole, operator: true },
  'max-age': { what: 'max age', fits: (value) => typeof value === 'string' && /^\d+[YMDhms]$/.test(value) },
  'queue-leader-locator': { what: 'queue leader locator value', fits: among('client-local', 'balanced', 'random', 'least-leaders') },
  'initial-cluster-size': { what: 'cluster size', fits: atLeast(0) },
  'target-group-size': { what: 'qq target count value', fits: atLeast(1), newer: true, operator: true },
  'consumer-disconnected-timeout': { what: 'consumer disconnected timeout', fits: atLeast(0), since: 'delayed-retries' },
  'delayed-retry-type': {
    what: 'delayed retry type. Must be one of: all, failed, returned, disabled',
    fits: among('all', 'failed', 'returned', 'disabled'),
    since: 'delayed-retries',
    operator: true,
  },
  'delayed-retry-min': delay('minimum'),
  'delayed-retry-max': delay('maximum'),
  'stream-max-segment-size-bytes': { what: 'segment size', fits: atLeast(0, 3_000_000_000) },
  'stream-filter-size-bytes': { what: 'filter size. Valid range is 16-255', fits: atLeast(16, 255), newer: true },
};

/** Mirrored queues went with 4.0. A single node has nobody to mirror to: accepted, without effect. */
const MIRRORING = ['ha-mode', 'ha-params', 'ha-sync-mode', 'ha-sync-batch-size', 'ha-promote-on-shutdown', 'ha-promote-on-failure'];

/** Kept for plugins that have no effect here. */
const OF_PLUGINS = ['federation-upstream', 'federation-upstream-set'];

const TARGETS = ['queues', 'exchanges', 'all'];
const NEWER_TARGETS = ['classic_queues', 'quorum_queues', 'streams'];

/** What RabbitMQ has against a policy, a line for each; nothing if it is fine. */
export function policyProblem(body: JsonObject, operator: boolean, release: Release): string | undefined {
  const { persona } = release;
  const { pattern, definition, priority } = body;
  // The last that is looked at comes first (rabbit_parameter_validation:proplist/3).
  const problems = [
    definitionProblem(definition, operator, release),
    targetProblem(body['apply-to'], persona),
    patternProblem(pattern, release),
    priority === undefined || typeof priority === 'number'
      ? undefined
      : `priority should be a number, actually was ${erlangTerm(priority)}`,
  ].filter((problem) => problem !== undefined);
  return problems.length === 0 ? undefined : problems.join('\n');
}

function patternProblem(pattern: unknown, release: Release): string | undefined {
  if (typeof pattern !== 'string') return `pattern should be a binary but was ${erlangTerm(pattern)}`;
  const mistake = patternMistake(pattern, release);
  if (mistake === undefined) return undefined;
  const [text, at] = [JSON.stringify(mistake.text), String(mistake.at)];
  const sentence = 'pattern should be regular expression but is invalid: ';
  // Erlang breaks lines (io_lib, ~p).
  const isShort = sentence.length + `{${text},${at}}`.length <= line_columns;
  return `${sentence}{${text},${isShort ? '' : `\n${' '.repeat(sentence.length + 1)}`}${at}}`;
}

const line_columns = 78;

function targetProblem(target: unknown, persona: Persona): string | undefined {
  const known = persona === '3.10' ? TARGETS : [...TARGETS, ...NEWER_TARGETS];
  if (target === undefined || known.some((word) => word === target)) return undefined;
  if (persona === '3.10') return `apply-to '${String(target)}' unrecognised; should be 'queues', 'exchanges' or 'all'`;
  return `apply-to '${String(target)}' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'`;
}

function definitionProblem(definition: unknown, operator: boolean, release: Release): string | undefined {
  if (!isObject(definition)) return `definition should be a map, actually was ${erlangTerm(definition)}`;
  const settings = Object.entries(definition).sort(([one], [other]) => (one < other ? -1 : 1));
  if (settings.length === 0) return 'no policy provided';
  for (const [name, value] of settings) {
    const key = keyOf(name);
    if (key !== undefined && isKnown(name, operator, release) && !key.fits(value)) return `${erlangTerm(value)} is not a valid ${key.what}`;
  }
  const unknown = settings.filter(([name]) => !isKnown(name, operator, release));
  if (unknown.length > 0) {
    return `${erlangList(unknown.map(([name, value]) => `{<<"${name}">>,${erlangTerm(value)}}`))} are not recognised policy settings`;
  }
  return release.has('checked-delays') ? delaysProblem(definition) : undefined;
}

/** rabbit_quorum_queue:validate_delayed_retry_constraints/1. */
function delaysProblem(definition: JsonObject): string | undefined {
  const { 'delayed-retry-type': type, 'delayed-retry-min': min, 'delayed-retry-max': max } = definition;
  if (type !== undefined && type !== 'disabled' && min === undefined) {
    return `delayed-retry-min is required when delayed-retry-type is ${String(type)}`;
  }
  const isReversed = typeof min === 'number' && typeof max === 'number' && max < min;
  return isReversed ? `delayed-retry-max (${max}) must not be smaller than delayed-retry-min (${min})` : undefined;
}

function keyOf(name: string): Key | undefined {
  return Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
}

function isKnown(name: string, operator: boolean, release: Release): boolean {
  const { persona } = release;
  const key = keyOf(name);
  const isThere = key?.since === undefined || release.has(key.since);
  if (key !== undefined && isThere && !(key.newer === true && persona === '3.10')) {
    return !operator || key.operator === true || (key.operator === '3.13' && persona !== '3.10');
  }
  if (MIRRORING.includes(name)) return persona !== '4';
  return !operator && OF_PLUGINS.includes(name);
}
