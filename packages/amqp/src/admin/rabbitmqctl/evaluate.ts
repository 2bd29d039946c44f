import type { Broker, BrokerSettings, CertificateLogin } from '../../model/index.ts';
import { type Call, CtlFailure, EXIT, word } from './command.ts';

/** What `rabbitmqctl eval` understands: there is no Erlang here, but clients' own test suites need these. */
export function evaluate(call: Call): string {
  if (call.words.length === 0) throw CtlFailure.of('Expression to evaluate is not provided via argument or stdin', EXIT.data);
  if (word(call, 0).trim() === '') throw CtlFailure.invalid('"Expression must not be blank"');
  const expression = /^\s*(.*?)\s*\.\s*$/s.exec(word(call, 0))?.[1];
  if (expression === undefined) throw CtlFailure.invalid('"syntax error before: "');
  const value = alarm(call.broker, expression) ?? change(call.broker, expression) ?? look(call.broker, expression);
  if (value === undefined) throw CtlFailure.of(`wirelike is not written in Erlang, and can't evaluate this. It understands\n${UNDERSTOOD}`);
  return `${value}\n`;
}

function alarm({ alarms }: Broker, expression: string): string | undefined {
  const [, change, resource] =
    /^rabbit_alarm:(set|clear)_alarm\(\{+\s*resource_limit\s*,\s*(memory|disk)\s*,\s*node\(\)\s*\}/.exec(expression) ?? [];
  if (change === undefined) return undefined;
  const named = resource === 'disk' ? 'disk' : 'memory';
  if (change === 'set') alarms.raise(named);
  else alarms.clear(named);
  return 'ok';
}

function change({ settings }: Broker, expression: string): string | undefined {
  const [, name, value] = /^application:set_env\(\s*rabbit\s*,\s*(\w+)\s*,\s*(.+?)\s*\)$/s.exec(expression) ?? [];
  if (name === undefined || value === undefined) return undefined;
  if (!keyOf(name).write(settings, value)) throw CtlFailure.of(`wirelike can't set ${name} to ${value}`);
  return 'ok';
}

/** `application:get_env(rabbit, K).`, or what `{ok, V} = application:get_env(rabbit, K), V.` makes of it. */
function look({ settings }: Broker, expression: string): string | undefined {
  const [, variable, name, last] =
    /^(?:\{\s*ok\s*,\s*([A-Z]\w*)\s*\}\s*=\s*)?application:get_env\(\s*rabbit\s*,\s*(\w+)\s*\)(?:\s*,\s*([A-Z]\w*))?$/.exec(expression) ??
    [];
  if (name === undefined || (last !== undefined && last !== variable)) return undefined;
  const value = keyOf(name).read(settings);
  return last === undefined ? `{ok,${value}}` : value;
}

interface Key {
  read(settings: BrokerSettings): string;
  /** False for a value that makes no sense, which RabbitMQ would take and fail of later. */
  write(settings: BrokerSettings, value: string): boolean;
}

type NumberName = { [K in keyof BrokerSettings]: BrokerSettings[K] extends number ? K : never }[keyof BrokerSettings];

/** `undefined` and `infinity` are no limit, where there is such a thing. */
function number(name: NumberName): Key {
  return {
    read: (settings) => (Number.isFinite(settings[name]) ? String(settings[name]) : 'undefined'),
    write: (settings, value) => {
      const endless = ENDLESS.has(name) && /^(undefined|infinity)$/.test(value);
      if (!endless && !/^\d+$/.test(value)) return false;
      if (name === 'channel_tick_milliseconds' && Number(value) === 0) return false;
      settings[name] = endless ? Number.POSITIVE_INFINITY : Number(value);
      return true;
    },
  };
}

const ENDLESS: ReadonlySet<NumberName> = new Set([
  ...(['consumer_timeout_milliseconds', 'cluster_queue_limit_queues', 'cluster_exchange_limit_exchanges', 'vhost_max_vhosts'] as const),
  ...(['connection_max_connections', 'channel_max_per_node_channels', 'consumer_max_per_channel_consumers'] as const),
]);

/** `[<<"guest">>,<<"other">>]` */
const loopbackUsers: Key = {
  read: (settings) => `[${Array.from(settings.loopbackUsers, (name) => `<<${JSON.stringify(name)}>>`).join(',')}]`,
  write: (settings, value) => {
    if (!/^\[\s*(?:<<"[^"\\]*">>\s*(?:,\s*(?=<)|(?=\])))*\]$/.test(value)) return false;
    settings.loopbackUsers = new Set(Array.from(value.matchAll(/<<"([^"]*)">>/g), ([, name = '']) => name));
    return true;
  },
};

const CERTIFICATE_LOGINS: readonly CertificateLogin[] = ['distinguished_name', 'common_name', 'subject_alternative_name'];

const certificateLogin: Key = {
  read: (settings) => settings.certificateLogin,
  write: (settings, value) => {
    const login = CERTIFICATE_LOGINS.find((name) => name === value);
    if (login !== undefined) settings.certificateLogin = login;
    return login !== undefined;
  },
};

const loginSources: Key = {
  read: (settings) => String(settings.tracksLoginSources),
  write: (settings, value) => {
    if (value !== 'true' && value !== 'false') return false;
    settings.tracksLoginSources = value === 'true';
    return true;
  },
};

const KEYS: ReadonlyMap<string, Key> = new Map([
  ['channel_max', number('channel_max_channels')],
  ['frame_max', number('frame_max_bytes')],
  ['heartbeat', number('heartbeat_seconds')],
  ['handshake_timeout', number('handshake_timeout_milliseconds')],
  ['consumer_timeout', number('consumer_timeout_milliseconds')],
  ['channel_tick_interval', number('channel_tick_milliseconds')],
  ['max_message_size', number('message_max_bytes')],
  ['cluster_queue_limit', number('cluster_queue_limit_queues')],
  ['cluster_exchange_limit', number('cluster_exchange_limit_exchanges')],
  ['vhost_max', number('vhost_max_vhosts')],
  ['connection_max', number('connection_max_connections')],
  ['channel_max_per_node', number('channel_max_per_node_channels')],
  ['consumer_max_per_channel', number('consumer_max_per_channel_consumers')],
  ['loopback_users', loopbackUsers],
  ['ssl_cert_login_from', certificateLogin],
  ['track_auth_attempt_source', loginSources],
]);

const UNDERSTOOD = `  application:set_env(rabbit, KEY, VALUE).
  application:get_env(rabbit, KEY).
  {ok, V} = application:get_env(rabbit, KEY), V.
  rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}).
  rabbit_alarm:clear_alarm({resource_limit, memory, node()}).
where KEY is one of ${[...KEYS.keys()].join(', ')}`;

function keyOf(name: string): Key {
  const key = KEYS.get(name);
  if (key === undefined) throw CtlFailure.of(`wirelike has no ${name}, only ${[...KEYS.keys()].join(', ')}`);
  return key;
}
