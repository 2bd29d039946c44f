import type { Broker, Channel, Queue, VirtualHost } from '../../model/index.ts';
import { bindingsOfVhost } from '../binding-view.ts';
import { channelView, connectionView } from '../connection-view.ts';
import type { JsonObject } from '../json.ts';
import { tableAsSent } from '../json-table.ts';
import { queueView } from '../queue-view.ts';
import { Rates } from '../rates.ts';
import { pidOf, selected } from './columns.ts';
import { type Call, type CtlCommand, CtlFailure, EXIT, option } from './command.ts';

const ANY: readonly [number, number] = [0, Number.POSITIVE_INFINITY];

/** `list_*` of what flows and who is connected. Columns are called as in the management API, as RabbitMQ's are. */
export const listingCommands: Readonly<Record<string, CtlCommand>> = {
  list_queues: {
    usage: '[--vhost <vhost>] [--online] [--offline] [--local] [--no-table-headers] [<column>, ...]',
    words: ANY,
    switches: { online: 'flag', offline: 'flag', local: 'flag' },
    banner: (call) =>
      `Timeout: ${Number(option(call, 'timeout') ?? 60).toFixed(1)} seconds ...\nListing queues for vhost ${call.vhost} ...`,
    run: (call) => {
      if (call.options.offline === true && call.options.online !== true) return { columns: ['name', 'messages'], rows: [] };
      const rates = new Rates(call.broker.clock);
      // RabbitMQ lists the queues of a virtual host that does not exist: there are none.
      const rows = Array.from(call.broker.vhosts.get(call.vhost)?.queues.values() ?? [], (queue) => queueRow(call.broker, queue, rates));
      return selected(call.words, ['name', 'messages'], queueColumns(call.broker), rows);
    },
  },
  list_exchanges: {
    usage: '[--vhost <vhost>] [--no-table-headers] [<column>, ...]',
    words: ANY,
    banner: ({ vhost }) => `Listing exchanges for vhost ${vhost} ...`,
    run: (call) => {
      const rows = Array.from(call.broker.vhosts.get(call.vhost)?.exchanges.values() ?? [], (exchange) => ({
        ...{ name: exchange.name, type: exchange.type, durable: exchange.durable, auto_delete: exchange.autoDelete },
        ...{ internal: exchange.internal, arguments: argumentsOf(tableAsSent(exchange.arguments)), policy: exchange.policy?.name ?? '' },
        user_who_performed_action: exchange.creator,
      }));
      return selected(call.words, ['name', 'type'], EXCHANGE_COLUMNS, rows);
    },
  },
  list_bindings: {
    usage: '[--vhost <vhost>] [--no-table-headers] [<column> ...]',
    words: ANY,
    banner: ({ vhost }) => `Listing bindings for vhost ${vhost}...`,
    run: (call) => {
      const rows = vhostsOf(call)
        .flatMap(bindingsOfVhost)
        .map((binding) => ({
          ...{ source_name: binding.source, source_kind: 'exchange', vhost: binding.vhost },
          ...{ destination_name: binding.destination, destination_kind: binding.destination_type },
          ...{ routing_key: binding.routing_key, arguments: argumentsOf(binding.arguments) },
        }));
      return selected(call.words, BINDING_COLUMNS.slice(0, 6), BINDING_COLUMNS, rows);
    },
  },
  list_connections: {
    usage: '[--no-table-headers] [<column> ...]',
    words: ANY,
    banner: () => 'Listing connections ...',
    run: ({ broker, words }) => {
      const rates = new Rates(broker.clock);
      const rows = Array.from(broker.connections, (connection) => ({
        ...connectionView(broker, connection, rates),
        pid: pidOf(broker, connection),
        protocol: '{0,9,1}',
      }));
      return selected(words, ['user', 'peer_host', 'peer_port', 'state'], CONNECTION_COLUMNS, rows);
    },
  },
  list_channels: {
    usage: '[--no-table-headers] [<column> ...]',
    words: ANY,
    banner: () => 'Listing channels ...',
    run: ({ broker, words }) => {
      const rates = new Rates(broker.clock);
      const rows = channelsOf(broker).map((channel) => ({
        ...channelView(broker, channel, rates),
        pid: pidOf(broker, channel),
        connection: pidOf(broker, channel.connection),
      }));
      const known = broker.release.has('no-global-prefetch')
        ? CHANNEL_COLUMNS.filter((name) => name !== 'global_prefetch_count')
        : CHANNEL_COLUMNS;
      return selected(words, ['pid', 'user', 'consumer_count', 'messages_unacknowledged'], known, rows);
    },
  },
  list_consumers: {
    usage: '[--vhost <vhost>] [--no-table-headers] [<column> ...]',
    words: ANY,
    banner: ({ vhost }) => `Listing consumers in vhost ${vhost} ...`,
    run: (call) => {
      const rows = vhostsOf(call)
        .flatMap(({ queues }) => [...queues.values()])
        .flatMap(({ consumers }) =>
          consumers.map((consumer) => ({
            ...{ queue_name: consumer.queue.name, channel_pid: pidOf(call.broker, consumer.channel), consumer_tag: consumer.tag },
            ...{ ack_required: !consumer.noAck, prefetch_count: consumer.prefetch, active: consumer.active },
            arguments: argumentsOf(tableAsSent(consumer.arguments)),
          })),
        );
      return selected(call.words, CONSUMER_COLUMNS, CONSUMER_COLUMNS, rows);
    },
  },
  list_unresponsive_queues: {
    usage: ({ release }) => {
      const unit = release.has('queue-types-named') ? 'seconds' : 'milliseconds';
      return `[--local] [--queue-timeout <${unit}>] [<column> ...] [--no-table-headers]`;
    },
    words: ANY,
    switches: { local: 'flag', 'queue-timeout': 'integer' },
    banner: ({ vhost }) => `Listing unresponsive queues for vhost ${vhost} ...`,
    run: (call) => selected(call.words, ['name'], QUEUE_COLUMNS, []),
  },
};

function queueRow(broker: Broker, queue: Queue, rates: Rates): JsonObject {
  const view = queueView(broker, queue, rates);
  return {
    ...view,
    pid: pidOf(broker, queue),
    owner_pid: queue.owner === undefined ? '' : pidOf(broker, queue.owner),
    arguments: argumentsOf(view.arguments),
    effective_policy_definition: policyOf(broker, view.effective_policy_definition),
  };
}

/** A map to the rabbitmqctl of 4.3, which prints an empty one as such. */
function policyOf({ release }: Broker, definition: unknown): unknown {
  const printed = argumentsOf(definition);
  return Array.isArray(printed) && release.has('internal-queues') ? '#{}' : printed;
}

/** An empty table is an empty list to Erlang. */
function argumentsOf(table: unknown): unknown {
  return typeof table === 'object' && table !== null && Object.keys(table).length === 0 ? [] : table;
}

function channelsOf(broker: Broker): Channel[] {
  return [...broker.connections].flatMap(({ channels }) => [...channels.values()]);
}

/** Closes the connection with a process identifier that `list_connections pid` printed. */
export function connectionWith(call: Call, pid: string): (connection: object) => boolean {
  if (!/^<[^<>]+\.\d+\.\d+\.\d+>$/.test(pid)) throw CtlFailure.of(`Error:\n{:invalid_pid_syntax, "${pid}"}`);
  const { broker } = call;
  // A process of another node is nothing to close.
  if (!pid.startsWith(`<${broker.nodeName}.`)) return () => false;
  const found = [...broker.connections].find((connection) => pidOf(broker, connection) === pid);
  if (found === undefined) throw new CtlFailure(EXIT.unavailable, `Error:\nUnable to find connection ${pid}`);
  return (connection) => connection === found;
}

const QUEUE_COLUMNS = [
  ...['name', 'durable', 'auto_delete', 'arguments', 'policy', 'operator_policy', 'effective_policy_definition', 'pid', 'owner_pid'],
  ...['exclusive', 'exclusive_consumer_pid', 'exclusive_consumer_tag', 'messages_ready', 'messages_unacknowledged', 'messages'],
  ...['messages_ready_ram', 'messages_unacknowledged_ram', 'messages_ram', 'messages_persistent', 'message_bytes', 'message_bytes_ready'],
  ...['message_bytes_unacknowledged', 'message_bytes_ram', 'message_bytes_persistent', 'head_message_timestamp', 'consumers'],
  ...['consumer_utilisation', 'consumer_capacity', 'memory', 'state', 'type', 'leader', 'members', 'online', 'slave_pids'],
  ...['synchronised_slave_pids', 'single_active_consumer_tag', 'messages_dlx', 'message_bytes_dlx'],
];
function queueColumns({ release }: Broker): readonly string[] {
  if (release.has('policies-of-queues-listed')) return QUEUE_COLUMNS;
  return QUEUE_COLUMNS.filter((name) => name !== 'operator_policy' && name !== 'effective_policy_definition');
}

const EXCHANGE_COLUMNS = ['name', 'type', 'durable', 'auto_delete', 'internal', 'arguments', 'policy', 'user_who_performed_action'];
const BINDING_COLUMNS = ['source_name', 'source_kind', 'destination_name', 'destination_kind', 'routing_key', 'arguments', 'vhost'];
const CONNECTION_COLUMNS = [
  ...['pid', 'name', 'port', 'host', 'peer_port', 'peer_host', 'ssl', 'ssl_protocol', 'ssl_key_exchange', 'ssl_cipher', 'ssl_hash'],
  ...['peer_cert_subject', 'peer_cert_issuer', 'peer_cert_validity', 'state', 'channels', 'protocol', 'auth_mechanism', 'user', 'vhost'],
  ...['timeout', 'frame_max', 'channel_max', 'client_properties', 'recv_oct', 'recv_cnt', 'send_oct', 'send_cnt', 'send_pend'],
  ...['connected_at', 'user_provided_name'],
];
const CHANNEL_COLUMNS = [
  ...['pid', 'connection', 'name', 'number', 'user', 'vhost', 'transactional', 'confirm', 'consumer_count', 'messages_unacknowledged'],
  ...['messages_uncommitted', 'acks_uncommitted', 'messages_unconfirmed', 'prefetch_count', 'global_prefetch_count'],
];
const CONSUMER_COLUMNS = ['queue_name', 'channel_pid', 'consumer_tag', 'ack_required', 'prefetch_count', 'active', 'arguments'];

/** RabbitMQ lists what is in a virtual host that does not exist: nothing. */
function vhostsOf({ broker, vhost }: Call): VirtualHost[] {
  const found = broker.vhosts.get(vhost);
  return found === undefined ? [] : [found];
}
