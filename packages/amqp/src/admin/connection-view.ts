import type { Broker, BrokerConnection, Channel, Consumer } from '../model/index.ts';
import type { JsonObject } from './json.ts';
import { tableToJson } from './json-table.ts';
import { messageStats } from './message-stats.ts';
import { erlangProcess, isoTime, optional } from './queue-view.ts';
import type { Rates } from './rates.ts';

/** `/api/connections`: one connection. */
export function connectionView(broker: Broker, connection: BrokerConnection, rates: Rates): JsonObject {
  const details = connection.details?.();
  const { peer } = connection;
  const received = details?.received_bytes ?? 0;
  const sent = details?.sent_bytes ?? 0;
  return {
    auth_mechanism: details?.mechanism ?? '',
    channel_max: details?.channel_max ?? 0,
    channels: connection.channels.size,
    client_properties: tableToJson(connection.clientProperties),
    connected_at: Math.floor(connection.connectedAt),
    frame_max: details?.frame_max_bytes ?? 0,
    ...erlangProcess,
    host: peer?.localAddress ?? '',
    name: connection.name,
    node: broker.nodeName,
    peer_cert_issuer: null,
    ...(broker.release.has('certificate-serials') ? { peer_cert_serial_number: null } : {}),
    peer_cert_subject: null,
    peer_cert_validity: null,
    peer_host: peer?.address ?? '',
    peer_port: peer?.port ?? 0,
    port: peer?.localPort ?? 0,
    protocol: details?.protocol ?? 'Direct 0-9-1',
    recv_cnt: 0,
    recv_oct: received,
    recv_oct_details: { rate: rates.rate(connection, 'recv_oct', received) },
    send_cnt: 0,
    send_oct: sent,
    send_oct_details: { rate: rates.rate(connection, 'send_oct', sent) },
    send_pend: 0,
    ssl: peer?.tls ?? false,
    ssl_cipher: null,
    ssl_hash: null,
    ssl_key_exchange: null,
    ssl_protocol: null,
    state: connection.blocked ? 'blocked' : 'running',
    timeout: details?.heartbeat_seconds ?? 0,
    type: details === undefined ? 'direct' : 'network',
    user: connection.user,
    ...optional('user_provided_name', nameGiven(connection)),
    user_who_performed_action: connection.user,
    vhost: connection.vhost,
  };
}

/** Clients name their connections in `client_properties.connection_name`. */
function nameGiven(connection: BrokerConnection): string | undefined {
  const given = connection.clientProperties.get('connection_name');
  return given?.type === 'S' && typeof given.value === 'string' ? given.value : undefined;
}

/** `/api/channels`: one channel. */
export function channelView(broker: Broker, channel: Channel, rates: Rates): JsonObject {
  const counters = [...Object.values(channel.stats), channel.consumers.size];
  return {
    ...(broker.release.has('cached-segments') ? { cached_segments: 0 } : {}),
    acks_uncommitted: channel.transaction?.uncommittedAcks ?? 0,
    confirm: channel.confirming,
    connection_details: connectionDetails(channel.connection),
    consumer_count: channel.consumers.size,
    ...erlangProcess,
    ...(broker.release.has('no-global-prefetch') ? {} : { global_prefetch_count: channel.globalPrefetchCount }),
    idle_since: isoTime(rates.idleSince(channel, counters, channel.connection.connectedAt)),
    ...optional('message_stats', messageStats(channel, channel.stats, rates)),
    messages_unacknowledged: channel.unacked.size,
    messages_uncommitted: channel.transaction?.uncommittedMessages ?? 0,
    messages_unconfirmed: channel.unconfirmedCount,
    name: channelName(channel),
    node: broker.nodeName,
    number: channel.number,
    pending_raft_commands: 0,
    prefetch_count: channel.prefetchCount,
    state: 'running',
    transactional: channel.transaction !== undefined,
    user: channel.connection.user,
    user_who_performed_action: channel.connection.user,
    vhost: channel.connection.vhost,
  };
}

export function channelName(channel: Channel): string {
  return `${channel.connection.name} (${channel.number})`;
}

/** `/api/consumers`: one consumer. */
export function consumerView(broker: Broker, consumer: Consumer): JsonObject {
  const { channel, queue } = consumer;
  return {
    ack_required: !consumer.noAck,
    active: consumer.active,
    activity_status: activityOf(broker, consumer),
    arguments: tableToJson(consumer.arguments),
    channel_details: {
      ...connectionDetails(channel.connection),
      connection_name: channel.connection.name,
      name: channelName(channel),
      node: broker.nodeName,
      number: channel.number,
      user: channel.connection.user,
    },
    consumer_tag: consumer.tag,
    ...(broker.release.has('consumer-timeouts-shown') ? { consumer_timeout: timeoutOf(broker, consumer) } : {}),
    exclusive: consumer.exclusive,
    prefetch_count: consumer.prefetch,
    queue: { name: queue.name, vhost: queue.vhost.name },
  };
}

/** The queue's own, or the broker's. */
function timeoutOf(broker: Broker, { queue }: Consumer): number | string {
  const timeout_milliseconds = queue.settings.consumer_timeout_milliseconds ?? broker.settings.consumer_timeout_milliseconds;
  return Number.isFinite(timeout_milliseconds) ? timeout_milliseconds : 'undefined';
}

function activityOf({ release }: Broker, { active, ready, queue }: Consumer): string {
  if (!active) return 'waiting';
  if (queue.settings.singleActiveConsumer) return 'single_active';
  return !ready && queue.type === 'classic' && release.has('blocked-consumers-told') ? 'blocked' : 'up';
}

function connectionDetails(connection: BrokerConnection): JsonObject {
  return { name: connection.name, peer_host: connection.peer?.address ?? '', peer_port: connection.peer?.port ?? 0 };
}
