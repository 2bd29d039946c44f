import { Channel } from './channel.ts';
import { EMPTY_TABLE, type Table } from './field-table.ts';
import type { Queue } from './queue.ts';
import { refuse } from './refusal.ts';
import type { ChannelSink, ConnectionSink } from './sink.ts';
import type { VirtualHost } from './virtual-host.ts';

export interface ConnectionRequest {
  /** An authenticated user: see `Broker.authenticate`. */
  readonly user: string;
  readonly vhost: string;
  /** `127.0.0.1:40000 -> 127.0.0.1:5672` */
  readonly name: string;
  readonly peer?: ConnectionPeer;
  readonly clientProperties?: Table;
  readonly sink: ConnectionSink;
  /** What the management API shows; read when asked. */
  readonly details?: () => ConnectionDetails;
}

export interface ConnectionPeer {
  readonly address: string;
  readonly port: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: boolean;
}

export interface ConnectionDetails {
  readonly protocol: string;
  readonly mechanism: string;
  readonly channel_max: number;
  readonly frame_max_bytes: number;
  readonly heartbeat_seconds: number;
  readonly received_bytes: number;
  readonly sent_bytes: number;
}

/** One client connection: owns its channels and its exclusive queues. */
export class BrokerConnection {
  readonly user: string;
  readonly vhost: string;
  readonly virtualHost: VirtualHost;
  readonly name: string;
  readonly peer: ConnectionPeer | undefined;
  readonly clientProperties: Table;
  readonly details: (() => ConnectionDetails) | undefined;
  readonly sink: ConnectionSink;
  readonly channels: Map<number, Channel> = new Map();
  readonly exclusiveQueues: Set<Queue> = new Set();
  /** The user's when it logged in (rabbit_reader keeps the record). */
  readonly tags: readonly string[];
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  closed = false;
  #blocked = false;

  /** Use `Broker.connect`. */
  constructor(virtualHost: VirtualHost, request: ConnectionRequest) {
    this.user = request.user;
    this.vhost = request.vhost;
    this.virtualHost = virtualHost;
    this.name = request.name;
    this.peer = request.peer;
    this.clientProperties = request.clientProperties ?? EMPTY_TABLE;
    this.details = request.details;
    this.sink = request.sink;
    this.tags = virtualHost.broker.users.get(request.user)?.tags ?? [];
    this.connectedAt = virtualHost.broker.clock.now();
  }

  /** It published while a resource alarm was raised, and waits. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Throws `user-channel-limit`, `node-channel-limit`. */
  openChannel(number: number, sink: ChannelSink): Channel {
    const { broker } = this.virtualHost;
    const limit = broker.users.get(this.user)?.limits['max-channels'];
    if (limit !== undefined && limit >= 0 && broker.channelsOf(this.user) >= limit) {
      refuse({ kind: 'user-channel-limit', user: this.user, node: broker.nodeName, limit });
    }
    const ofNode = broker.settings.channel_max_per_node_channels;
    if (broker.holdings.channels >= ofNode) refuse({ kind: 'node-channel-limit', node: broker.nodeName, limit: ofNode });
    const channel = new Channel(this, number, sink);
    broker.holdings.channel(1);
    this.channels.set(number, channel);
    broker.churn.channel_created++;
    return channel;
  }

  /** Closes the channels and deletes exclusive queues. May be called twice. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.virtualHost.broker.disconnected(this);
    for (const channel of [...this.channels.values()]) channel.close();
    for (const queue of [...this.exclusiveQueues]) this.virtualHost.removeQueue(queue);
  }

  /** Calls a sink: what it throws costs this connection, not whoever caused the call. */
  telling(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.failed(error);
    }
  }

  /** A sink threw. */
  failed(error: unknown): void {
    const { clock } = this.virtualHost.broker;
    try {
      if (this.sink.failed === undefined) clock.report(error);
      else this.sink.failed(error);
    } catch (another) {
      clock.report(another);
    }
    this.close();
  }

  /** Called by the model: a publish came while an alarm was raised. The message is taken, the next waits. */
  publishedWhileAlarmed(): void {
    if (this.#blocked) return;
    this.#blocked = true;
    this.sink.blocked(this.virtualHost.broker.alarms.reason);
  }

  alarmCleared(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.telling(() => this.sink.unblocked());
  }
}
