import {
  channel_max_channels,
  channel_tick_milliseconds,
  consumer_timeout_milliseconds,
  frame_max_bytes,
  handshake_timeout_milliseconds,
  heartbeat_seconds,
  message_max_bytes,
} from './limits.ts';
import type { Persona } from './persona.ts';

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
}

export function defaultSettings(persona: Persona): BrokerSettings {
  return {
    channel_max_channels,
    frame_max_bytes,
    heartbeat_seconds,
    handshake_timeout_milliseconds,
    consumer_timeout_milliseconds,
    channel_tick_milliseconds,
    message_max_bytes: message_max_bytes[persona],
    loopbackUsers: new Set(['guest']),
    certificateLogin: 'distinguished_name',
  };
}
