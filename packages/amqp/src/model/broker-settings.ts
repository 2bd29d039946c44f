import {
  channel_max_channels,
  channel_max_per_node_channels,
  channel_tick_milliseconds,
  cluster_exchange_limit_exchanges,
  cluster_queue_limit_queues,
  connection_max_connections,
  consumer_max_per_channel_consumers,
  consumer_timeout_milliseconds,
  definitions_max_bytes,
  frame_max_bytes,
  handshake_timeout_milliseconds,
  heartbeat_seconds,
  message_max_bytes,
  vhost_max_vhosts,
} from './limits.ts';
import type { Release } from './persona.ts';

/** Which part of a client's certificate is its user, for EXTERNAL. */
export type CertificateLogin = 'distinguished_name' | 'common_name' | 'subject_alternative_name';

/**
 * What of RabbitMQ's configuration can be changed while it runs, with `application:set_env(rabbit, …)`.
 * Connections and channels look at it when they are opened.
 */
export interface BrokerSettings {
  /** `channel_max`. 0: no limit. */
  channel_max_channels: number;
  /** `frame_max`. 0: no limit. */
  frame_max_bytes: number;
  /** `heartbeat`, which the broker proposes. 0: none. */
  heartbeat_seconds: number;
  /** `handshake_timeout`. */
  handshake_timeout_milliseconds: number;
  /** `consumer_timeout`: how long a delivery may stay unacknowledged. Infinity: for ever. */
  consumer_timeout_milliseconds: number;
  /** `channel_tick_interval`: how often that is looked at. */
  channel_tick_milliseconds: number;
  /** `max_message_size`. */
  message_max_bytes: number;
  /** `loopback_users`: may log in from this machine only. */
  loopbackUsers: ReadonlySet<string>;
  /** `ssl_cert_login_from`. */
  certificateLogin: CertificateLogin;
  /** `cluster_queue_limit`. Infinity: none, here and below. */
  cluster_queue_limit_queues: number;
  /** `cluster_exchange_limit`. */
  cluster_exchange_limit_exchanges: number;
  /** `vhost_max`. */
  vhost_max_vhosts: number;
  /** `connection_max`. */
  connection_max_connections: number;
  /** `channel_max_per_node`. */
  channel_max_per_node_channels: number;
  /** `consumer_max_per_channel`. */
  consumer_max_per_channel_consumers: number;
  /** `deprecated_features.permit.transient_nonexcl_queues`: queues that are neither durable nor exclusive. */
  permitsTransientQueues: boolean;
  /** `track_auth_attempt_source`: logins are counted by address and user, too. */
  tracksLoginSources: boolean;
  /** What everything but messages may take of the heap: RabbitMQ has no such setting. */
  definitions_max_bytes: number;
}

export function defaultSettings(release: Release): BrokerSettings {
  return {
    channel_max_channels,
    frame_max_bytes,
    heartbeat_seconds,
    handshake_timeout_milliseconds,
    consumer_timeout_milliseconds,
    channel_tick_milliseconds,
    message_max_bytes: message_max_bytes[release.persona],
    loopbackUsers: new Set(['guest']),
    certificateLogin: 'distinguished_name',
    cluster_queue_limit_queues,
    cluster_exchange_limit_exchanges,
    vhost_max_vhosts,
    connection_max_connections,
    channel_max_per_node_channels,
    consumer_max_per_channel_consumers,
    permitsTransientQueues: !release.has('denied-transient-queues') || release.has('permitted-transient-queues'),
    tracksLoginSources: false,
    definitions_max_bytes,
  };
}
