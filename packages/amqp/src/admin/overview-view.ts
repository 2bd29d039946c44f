import type { Address, Addresses } from '@wirelike/kernel';
import { type Broker, exchangeTypes } from '../model/index.ts';
import { type JsonObject, startingWith } from './json.ts';
import { churnStats, messageStats } from './message-stats.ts';
import type { Rates } from './rates.ts';
import { queueTotalsOf } from './vhost-view.ts';

/** Which listeners a node shows, and what RabbitMQ calls their protocols. */
const PROTOCOLS = { amqp: 'amqp', amqps: 'amqp/ssl', management: 'http' } as const;

/** `/api/overview`. Totals are over the virtual hosts that the user may see. */
export function overviewView(broker: Broker, visible: ReadonlySet<string>, addresses: Addresses, rates: Rates): JsonObject {
  const vhosts = [...broker.vhosts.values()].filter(({ name }) => visible.has(name));
  const queues = vhosts.flatMap((vhost) => [...vhost.queues.values()]);
  const connections = [...broker.connections].filter(({ vhost }) => visible.has(vhost));
  const channels = connections.flatMap((connection) => [...connection.channels.values()]);
  const sums: Record<string, number> = {};
  for (const vhost of vhosts) for (const [name, count] of Object.entries(vhost.stats)) sums[name] = (sums[name] ?? 0) + count;
  return {
    management_version: broker.version,
    rates_mode: 'basic',
    sample_retention_policies: { global: [600, 3600, 28800, 86400], basic: [600, 3600], detailed: [600] },
    exchange_types: exchangeTypeViews(broker),
    product_version: broker.version,
    product_name: 'RabbitMQ',
    rabbitmq_version: broker.version,
    cluster_name: broker.clusterName,
    ...(broker.persona === '4' ? { cluster_tags: {}, node_tags: {} } : {}),
    ...runtimeOf(broker),
    ...(broker.release.has('no-support-status') ? {} : { release_series_support_status: 'supported' }),
    ...(broker.release.has('runtime-shown') ? { crypto_lib_version: CRYPTO } : {}),
    disable_stats: false,
    ...(broker.release.has('default-queue-types') ? { default_queue_type: 'classic' } : {}),
    ...(broker.persona === '3.10' ? {} : { is_op_policy_updating_enabled: true }),
    enable_queue_totals: false,
    ...(broker.release.has('runtime-shown') ? { require_definition_json_extension: false } : {}),
    message_stats: { ...DISK_STATS, ...messageStats(broker, Object.assign({ ...NO_STATS }, sums), rates) },
    churn_rates: churnStats(broker, rates),
    queue_totals: queueTotalsOf(broker, queues, rates),
    object_totals: {
      channels: channels.length,
      connections: connections.length,
      consumers: channels.reduce((sum, channel) => sum + channel.consumers.size, 0),
      exchanges: vhosts.reduce((sum, vhost) => sum + vhost.exchanges.size, 0),
      queues: queues.length,
    },
    statistics_db_event_queue: 0,
    node: broker.nodeName,
    listeners: listenerViews(broker, addresses),
    contexts: contextViews(broker, addresses),
  };
}

const CRYPTO = 'OpenSSL 3.6.5';

/** What RabbitMQ's packages of the time run on. */
function runtimeOf({ release, persona }: Broker): JsonObject {
  const version = release.has('runtime-shown') ? '29.1.1' : persona === '4' ? '27.3.4.1' : persona === '3.13' ? '26.2.5' : '25.2.3';
  return { erlang_version: version, erlang_full_version: `Erlang/OTP ${version.split('.')[0]} (emulated)` };
}

/** Nothing is ever on disk. */
const DISK_STATS = { disk_reads: 0, disk_reads_details: { rate: 0 }, disk_writes: 0, disk_writes_details: { rate: 0 } };

function exchangeTypeViews({ release }: Broker): JsonObject[] {
  return exchangeTypes(release)
    .map(({ name, description }) => ({ name, description, enabled: true }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

const NO_STATS = {
  publish: 0,
  deliver: 0,
  deliver_no_ack: 0,
  get: 0,
  get_no_ack: 0,
  get_empty: 0,
  ack: 0,
  redeliver: 0,
  confirm: 0,
  return_unroutable: 0,
  drop_unroutable: 0,
};

/** RabbitMQ's `tcp_listen_options`. */
const SOCKET_OPTIONS = { backlog: 128, nodelay: true, linger: [true, 0], exit_on_close: false };

export function listenerViews(broker: Broker, addresses: Addresses): JsonObject[] {
  return Object.entries(PROTOCOLS).flatMap(([name, protocol]) => {
    const address = addresses.get(name);
    if (address === undefined) return [];
    return [{ node: broker.nodeName, protocol, ip_address: address.host, port: address.port, socket_opts: SOCKET_OPTIONS }];
  });
}

export function contextViews(broker: Broker, addresses: Addresses): JsonObject[] {
  const address: Address | undefined = addresses.get('management');
  if (address === undefined) return [];
  return [
    {
      node: broker.nodeName,
      description: 'RabbitMQ Management',
      path: '/',
      cowboy_opts: '[{sendfile,false}]',
      ip: address.host,
      port: String(address.port),
    },
  ];
}

/** `/api/nodes`: the only one. What a process on a real node would measure is measured on ours. */
export function nodeView(broker: Broker, addresses: Addresses, startedAt: number, rates: Rates): JsonObject {
  const memory = process.memoryUsage.rss();
  return startingWith(IN_ORDER, {
    partitions: [],
    os_pid: String(process.pid),
    fd_total: 20_000,
    fd_used: broker.connections.size,
    sockets_total: 17_910,
    sockets_used: broker.connections.size,
    mem_limit: broker.alarms.has('memory') ? 0 : 10_000_000_000,
    mem_alarm: broker.alarms.has('memory'),
    mem_used: memory,
    mem_used_details: { rate: rates.rate(broker, 'mem_used', memory) },
    disk_free_limit: 50_000_000,
    disk_free_alarm: broker.alarms.has('disk'),
    disk_free: 50_000_000_000,
    proc_total: 1_048_576,
    proc_used: 300,
    rates_mode: 'basic',
    uptime: Math.floor(broker.clock.now() - startedAt),
    run_queue: 1,
    processors: 1,
    exchange_types: exchangeTypeViews(broker),
    auth_mechanisms: ['PLAIN', 'AMQPLAIN'].map((name) => ({ name, description: `SASL ${name} authentication mechanism`, enabled: true })),
    applications: [{ name: 'rabbit', description: 'RabbitMQ', version: broker.version }],
    contexts: contextViews(broker, addresses),
    log_files: [],
    db_dir: '',
    config_files: [],
    net_ticktime: 60,
    enabled_plugins: ['rabbitmq_management'],
    mem_calculation_strategy: 'rss',
    name: broker.nodeName,
    type: 'disc',
    running: true,
    ...(broker.persona === '3.10' ? {} : { being_drained: false }),
    cluster_links: [],
    ...(broker.release.has('runtime-shown') ? { rabbitmq_version: broker.version, ...runtimeOf(broker), crypto_lib_version: CRYPTO } : {}),
    ...nothingMeasured(),
    ...churnStats(broker, rates),
  });
}

/** RabbitMQ's order of what is told of a node: what it is before what was counted. */
const IN_ORDER = [
  ...['partitions', 'os_pid', 'fd_total', 'sockets_total', 'mem_limit', 'mem_alarm', 'disk_free_limit', 'disk_free_alarm', 'proc_total'],
  ...['rates_mode', 'uptime', 'run_queue', 'processors', 'exchange_types', 'auth_mechanisms', 'applications', 'contexts', 'log_files'],
  ...['db_dir', 'config_files', 'net_ticktime', 'enabled_plugins', 'mem_calculation_strategy', 'ra_open_file_metrics', 'name', 'type'],
  ...['running', 'being_drained', 'mem_used', 'mem_used_details', 'fd_used', 'fd_used_details', 'sockets_used', 'sockets_used_details'],
  ...['proc_used', 'proc_used_details', 'disk_free', 'disk_free_details', 'gc_num', 'gc_num_details'],
  ...['gc_bytes_reclaimed', 'gc_bytes_reclaimed_details', 'context_switches', 'context_switches_details'],
];

/** Figures of Erlang's runtime, of files and of Mnesia. There are none here; tools read them nevertheless. */
const UNMEASURED = [
  ...['context_switches', 'gc_num', 'gc_bytes_reclaimed'],
  ...['io_read_count', 'io_read_bytes', 'io_read_avg_time', 'io_write_count', 'io_write_bytes', 'io_write_avg_time'],
  ...['io_sync_count', 'io_sync_avg_time', 'io_seek_count', 'io_seek_avg_time', 'io_reopen_count'],
  ...['mnesia_ram_tx_count', 'mnesia_disk_tx_count', 'msg_store_read_count', 'msg_store_write_count'],
  ...['queue_index_write_count', 'queue_index_read_count'],
];

function nothingMeasured(): JsonObject {
  const constant = ['disk_free', 'fd_used', 'sockets_used', 'proc_used'].map((name) => [`${name}_details`, { rate: 0 }]);
  const counters = UNMEASURED.flatMap((name) => [
    [name, 0],
    [`${name}_details`, { rate: 0 }],
  ]);
  return { ...Object.fromEntries([...constant, ...counters]), metrics_gc_queue_length: {}, ra_open_file_metrics: {} };
}
