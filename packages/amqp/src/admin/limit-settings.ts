import { ControlError, type Setting } from '@wirelike/kernel';
import { type BrokerSettings, defaultSettings, releaseOf } from '../model/index.ts';
import { bytesOf } from './memory-amount.ts';

type LimitName = { [K in keyof BrokerSettings]: BrokerSettings[K] extends number ? K : never }[keyof BrokerSettings];

/** RabbitMQ's name, ours, and what there may be so many of. */
const LIMITS: readonly (readonly [string, LimitName, string])[] = [
  ['cluster_queue_limit', 'cluster_queue_limit_queues', 'queues in all virtual hosts'],
  ['cluster_exchange_limit', 'cluster_exchange_limit_exchanges', 'exchanges in all virtual hosts'],
  ['vhost_max', 'vhost_max_vhosts', 'virtual hosts'],
  ['connection_max', 'connection_max_connections', 'connections'],
  ['channel_max_per_node', 'channel_max_per_node_channels', 'channels of all connections'],
  ['consumer_max_per_channel', 'consumer_max_per_channel_consumers', 'consumers of one channel'],
  ['definitions_max_bytes', 'definitions_max_bytes', 'memory for queues, exchanges, bindings, consumers and connections together'],
];

const DEFAULTS = defaultSettings(releaseOf('4'));

export const LIMIT_SETTINGS: readonly Setting[] = LIMITS.map(([name, field, what]) => ({
  name,
  help: `the most ${what} that there may be, or infinity`,
  default: String(DEFAULTS[field]),
}));

/** Throws a `ControlError` for what is no number. */
export function limitsOf(settings: Readonly<Record<string, string>>): Partial<BrokerSettings> {
  const limits: Partial<BrokerSettings> = {};
  for (const [name, field] of LIMITS) {
    const text = settings[name];
    if (text === undefined) continue;
    const value =
      text === 'infinity'
        ? Number.POSITIVE_INFINITY
        : field.endsWith('bytes')
          ? bytesOf(text)
          : /^\d+$/.test(text)
            ? Number(text)
            : Number.NaN;
    if (Number.isNaN(value)) throw new ControlError(`amqp.${name}: expected a number or infinity, found "${text}"`);
    limits[field] = value;
  }
  return limits;
}

/** RabbitMQ's `track_auth_attempt_source`. Throws a `ControlError`. */
export function loginSourcesOf({ track_auth_attempt_source: text = 'false' }: Readonly<Record<string, string>>): Partial<BrokerSettings> {
  if (text === 'true' || text === 'false') return { tracksLoginSources: text === 'true' };
  throw new ControlError(`amqp.track_auth_attempt_source: expected true or false, found "${text}"`);
}

/** RabbitMQ's `deprecated_features.permit.transient_nonexcl_queues`. Throws a `ControlError`. */
export function transientQueuesOf({
  transient_nonexcl_queues: text = 'default',
}: Readonly<Record<string, string>>): Partial<BrokerSettings> {
  if (text === 'default') return {};
  if (text === 'permitted' || text === 'denied') return { permitsTransientQueues: text === 'permitted' };
  throw new ControlError(`amqp.transient_nonexcl_queues: expected permitted, denied or default, found "${text}"`);
}
