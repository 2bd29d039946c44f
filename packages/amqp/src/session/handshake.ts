import { type Connection, Writer } from '@wirelike/kernel';
import { type Broker, type BrokerConnection, type ConnectionSink, Refusal } from '../model/index.ts';
import type { Table } from '../wire/field.ts';
import { type Fields, writeMethod } from '../wire/method.ts';
import type { Greeting } from '../wire/protocol-header.ts';
import { addressOf, claimOf, isLoopback, isMechanism, offeredMechanisms } from './authentication.ts';
import { failureOf } from './errors.ts';
import type { Announced } from './persona.ts';
import { type Failure, failure } from './replies.ts';
import { CAPABILITIES, hasCapability, serverProperties } from './server-properties.ts';

/** What connection.tune-ok settled. */
export interface Tuned {
  /** 0: no limit. */
  readonly channel_max_channels: number;
  readonly frame_max_bytes: number;
  readonly heartbeat_seconds: number;
}

const startFrames = new Map<string, Buffer>();
const start_frames_max = 16;

/** connection.start is the longest frame of a handshake, and always the same. */
function startFrame(greeting: Greeting, mechanisms: string, server: Announced, clusterName: string): Buffer {
  const key = `${greeting} ${server.release.version} ${mechanisms} ${clusterName}`;
  let frame = startFrames.get(key);
  if (frame === undefined) {
    const writer = new Writer();
    // 0-8, which RabbitMQ 3 still spoke, knows no capabilities.
    const old = greeting === '0-8';
    writeMethod(writer, 0, 'connection.start', {
      versionMajor: old ? 8 : 0,
      versionMinor: old ? 0 : 9,
      serverProperties: serverProperties(server, clusterName, old ? [] : CAPABILITIES),
      mechanisms: Buffer.from(mechanisms),
      locales: Buffer.from('en_US'),
    });
    frame = Buffer.from(writer.view());
    if (startFrames.size >= start_frames_max) startFrames.clear();
    startFrames.set(key, frame);
  }
  return frame;
}

/** From the protocol header to connection.open-ok. What it refuses, the session turns into a close. */
export class Handshake {
  readonly #broker: Broker;
  readonly #connection: Connection;
  readonly #server: Announced;
  clientProperties: Table = new Map();
  mechanism = '';
  user = '';
  tuned: Tuned = { channel_max_channels: 0, frame_max_bytes: 0, heartbeat_seconds: 0 };

  constructor(broker: Broker, connection: Connection, server: Announced) {
    this.#broker = broker;
    this.#connection = connection;
    this.#server = server;
  }

  start(greeting: Greeting): void {
    const mechanisms = offeredMechanisms(this.#broker, this.#connection).join(' ');
    this.#connection.output.copy(startFrame(greeting, mechanisms, this.#server, this.#broker.clusterName));
  }

  /** Authenticates and proposes limits. */
  startOk(fields: Fields<'connection.start-ok'>): Failure | undefined {
    this.clientProperties = fields.clientProperties;
    this.mechanism = fields.mechanism;
    if (!isMechanism(fields.mechanism, this.#broker, this.#connection)) {
      return failure('COMMAND_INVALID', `unknown authentication mechanism '${fields.mechanism}'`);
    }
    const claim = claimOf(fields.mechanism, fields.response, this.#broker, this.#connection);
    if ('malformed' in claim) {
      this.#count('failed', '');
      return claim.malformed;
    }
    if ('refused' in claim) return this.#loginRefused('');
    try {
      this.user = this.#broker.authenticate(claim.user, claim.password, { loopback: isLoopback(this.#connection) });
    } catch (error) {
      if (error instanceof Refusal) return this.#loginRefused(claim.user);
      throw error;
    }
    this.#count('succeeded', this.user);
    const { settings } = this.#broker;
    writeMethod(this.#connection.output, 0, 'connection.tune', {
      channelMax: settings.channel_max_channels,
      frameMax: settings.frame_max_bytes,
      heartbeat: settings.heartbeat_seconds,
    });
    return undefined;
  }

  /** The reason is for the server's log; the client learns only that it was refused. */
  #loginRefused(user: string): Failure {
    this.#count('failed', user);
    return failure(
      'ACCESS_REFUSED',
      `Login was refused using authentication mechanism ${this.mechanism}. For details see the broker logfile.`,
    );
  }

  #count(outcome: 'succeeded' | 'failed', user: string): void {
    const { attempts, settings } = this.#broker;
    attempts.count({ protocol: 'amqp091', address: addressOf(this.#connection), user }, outcome, settings.tracksLoginSources);
  }

  /** rabbit_reader:validate_negotiated_integer_value/3. */
  tuneOk(fields: Fields<'connection.tune-ok'>): Failure | undefined {
    const { frameMax, channelMax, heartbeat } = fields;
    const { settings } = this.#broker;
    const wrong =
      outOfRange('frame_max', frameMax, this.#server.frame_min_bytes, settings.frame_max_bytes) ??
      outOfRange('channel_max', channelMax, 1, settings.channel_max_channels);
    if (wrong !== undefined) return failure('NOT_ALLOWED', wrong);
    this.tuned = { channel_max_channels: channelMax, frame_max_bytes: frameMax, heartbeat_seconds: heartbeat };
    return undefined;
  }

  /** Enters the virtual host. */
  open(virtualHost: string, sink: ConnectionSink): BrokerConnection | Failure {
    const { peer } = this.#connection;
    const connection = this.#connection;
    const { tuned, mechanism } = this;
    try {
      return this.#broker.connect({
        user: this.user,
        vhost: virtualHost,
        name: `${peer.address}:${peer.port} -> ${peer.local_address}:${peer.local_port}`,
        peer: {
          address: peer.address,
          port: peer.port,
          localAddress: peer.local_address,
          localPort: peer.local_port,
          tls: connection.tls !== undefined,
        },
        clientProperties: this.clientProperties,
        sink,
        details: () => ({
          protocol: 'AMQP 0-9-1',
          mechanism,
          channel_max: tuned.channel_max_channels,
          frame_max_bytes: tuned.frame_max_bytes,
          heartbeat_seconds: tuned.heartbeat_seconds,
          received_bytes: connection.bytes_received,
          sent_bytes: connection.bytes_sent,
        }),
      });
    } catch (error) {
      if (error instanceof Refusal) return failureOf(error.condition, this.#broker.release);
      throw error;
    }
  }

  /** Whether the client says that it can do `name`. */
  can(name: string): boolean {
    return hasCapability(this.clientProperties, name);
  }
}

function outOfRange(field: string, value: number, least: number, most: number): string | undefined {
  const detail = field === 'channel_max' && value === 0 ? ' (no limit)' : '';
  if (value !== 0 && value < least) return `negotiated ${field} = ${value}${detail} is lower than the minimum allowed value (${least})`;
  // A limit of 0 is none.
  if (most !== 0 && (value === 0 || value > most))
    return `negotiated ${field} = ${value}${detail} is higher than the maximum allowed value (${most})`;
  return undefined;
}
