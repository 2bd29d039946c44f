import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelScript, patience_milliseconds } from './channel-script.ts';
import type { Plain } from './codec/fields.ts';
import type { Arguments } from './codec/frames.ts';
import type { ClientCertificate, Encryption } from './encryption.ts';
import type { Received } from './inbox.ts';
import type { Operator } from './operator.ts';
import { showReceived, showSent, type Transcript } from './transcript.ts';
import { protocol_header, WireClient } from './wire-client.ts';

export interface ConnectOptions {
  /** Before the channel numbers in the transcript; give one to the second connection. */
  readonly label?: string;
  readonly user?: string;
  readonly password?: string;
  readonly vhost?: string;
  readonly clientProperties?: Readonly<Record<string, Plain>>;
  readonly frameMax?: number;
  readonly channelMax?: number;
  readonly heartbeat?: number;
}

/** What a client that can everything announces (RabbitMQ's client capabilities). */
export const capabilities: { readonly [key: string]: Plain } = {
  publisher_confirms: true,
  exchange_exchange_bindings: true,
  'basic.nack': true,
  consumer_cancel_notify: true,
  'connection.blocked': true,
  authentication_failure_close: true,
};

export function plainResponse(user: string, password: string): string {
  return `\0${user}\0${password}`;
}

/** One connection of a scenario. */
export class ConnectionScript {
  readonly wire: WireClient;
  readonly label: string;
  readonly #transcript: Transcript;
  readonly #channels = new Map<number, ChannelScript>();

  constructor(wire: WireClient, label: string, transcript: Transcript) {
    this.wire = wire;
    this.label = label;
    this.#transcript = transcript;
  }

  /** A new open channel. Its opening is not recorded. */
  async channel(number: number = this.#channels.size + 1): Promise<ChannelScript> {
    const channel = this.at(number);
    await channel.open();
    return channel;
  }

  /** The channel of that number as it is, open or not. */
  at(number: number): ChannelScript {
    let channel = this.#channels.get(number);
    if (channel === undefined) {
      channel = new ChannelScript(this.wire, this.label, number, this.#transcript);
      this.#channels.set(number, channel);
    }
    return channel;
  }

  send(name: string, args: Arguments = {}): void {
    this.#transcript.add(`${this.label}> ${showSent(name, args)}`);
    this.wire.method(0, name, args);
  }

  raw(what: string, bytes: Uint8Array): void {
    this.#transcript.add(`${this.label}> ${what}`);
    this.wire.raw(bytes);
  }

  /** Records the next events of channel 0, by default until the connection ends. */
  async take(count = 1, wait: number = patience_milliseconds): Promise<readonly Received[]> {
    const events: Received[] = [];
    while (events.length < count && !(this.wire.isClosed && this.wire.inbox(0).size === 0)) {
      const event = await this.wire.inbox(0).find(() => true, wait);
      this.#transcript.add(event === undefined ? `${this.label}  (nothing came)` : `${this.label}< ${showReceived(event)}`);
      if (event === undefined) break;
      events.push(event);
      if (event.name === 'end') break;
    }
    return events;
  }

  /** Records what comes until the server has ended the connection. */
  async takeToEnd(wait: number = patience_milliseconds): Promise<void> {
    await this.take(Number.POSITIVE_INFINITY, wait);
  }

  async call(name: string, args: Arguments = {}): Promise<void> {
    this.send(name, args);
    await this.take();
  }

  async close(): Promise<void> {
    if (!this.wire.isClosed) {
      for (const channel of this.#channels.values()) channel.leftovers();
      this.wire.method(0, 'connection.close', { replyCode: 200, replyText: 'bye' });
      await this.wire.inbox(0).find((each) => each.name === 'connection.close-ok' || each.name === 'end', 1_000);
    }
    this.wire.destroy();
  }
}

export interface ServerUnderTest {
  readonly port: number;
  /** Where it speaks TLS. */
  readonly secure?: { readonly port: number; readonly encryption: Encryption };
  readonly operator: Operator | undefined;
}

/** What a scenario acts with against one server. */
export class Actor {
  readonly #server: ServerUnderTest;
  readonly #run: string;
  readonly #transcript: Transcript;
  readonly #connections: ConnectionScript[] = [];
  #main: Promise<ConnectionScript> | undefined;

  constructor(server: ServerUnderTest, run: string, transcript: Transcript) {
    this.#server = server;
    this.#run = run;
    this.#transcript = transcript;
  }

  get operator(): Operator {
    if (this.#server.operator === undefined) throw new Error('nobody operates this server');
    return this.#server.operator;
  }

  /** A name of this scenario's own; the transcript shows `label` only. */
  name(label: string): string {
    return `${label}${this.#run}`;
  }

  note(line: string): void {
    this.#transcript.add(`  ${line}`);
  }

  settle(milliseconds: number): Promise<void> {
    return sleep(milliseconds);
  }

  /** A TCP connection on which nothing was said yet. */
  async wire(label = ''): Promise<ConnectionScript> {
    const connection = new ConnectionScript(await WireClient.open(this.#server.port), label, this.#transcript);
    this.#connections.push(connection);
    return connection;
  }

  /** A connection over TLS on which nothing was said yet; the client shows that certificate, or none. */
  async secureWire(label: string, certificate?: ClientCertificate): Promise<ConnectionScript> {
    const { port, encryption } = this.#secure;
    const wire = await WireClient.openSecurely(port, encryption.client(certificate));
    const connection = new ConnectionScript(wire, label, this.#transcript);
    this.#connections.push(connection);
    return connection;
  }

  /** A connection to the port for TLS, without TLS. */
  async nakedWire(label = ''): Promise<ConnectionScript> {
    const connection = new ConnectionScript(await WireClient.open(this.#secure.port), label, this.#transcript);
    this.#connections.push(connection);
    return connection;
  }

  get #secure(): NonNullable<ServerUnderTest['secure']> {
    if (this.#server.secure === undefined) throw new Error('this server has no TLS');
    return this.#server.secure;
  }

  /** An open connection. Its handshake is recorded only if it fails. */
  async connect(options: ConnectOptions = {}): Promise<ConnectionScript> {
    const { label = '', user = 'guest', password = 'guest', vhost = '/', frameMax = 131_072, channelMax = 2_047, heartbeat = 0 } = options;
    const connection = await this.wire(label);
    const { wire } = connection;
    wire.frame_max = frameMax === 0 ? 131_072 : frameMax;
    const step = async (expected: string): Promise<boolean> => {
      const event = await wire.inbox(0).find(() => true, patience_milliseconds);
      if (event?.name !== expected) this.note(`handshake: ${event === undefined ? `no ${expected}` : showReceived(event)}`);
      return event?.name === expected;
    };
    wire.raw(protocol_header);
    if (!(await step('connection.start'))) return connection;
    const clientProperties = options.clientProperties ?? { capabilities };
    wire.method(0, 'connection.start-ok', {
      clientProperties,
      mechanism: 'PLAIN',
      response: plainResponse(user, password),
      locale: 'en_US',
    });
    if (!(await step('connection.tune'))) return connection;
    wire.method(0, 'connection.tune-ok', { channelMax, frameMax, heartbeat });
    wire.method(0, 'connection.open', { virtualHost: vhost });
    await step('connection.open-ok');
    return connection;
  }

  /** The first connection, opened when first needed. */
  main(): Promise<ConnectionScript> {
    this.#main ??= this.connect();
    return this.#main;
  }

  /** A new channel of the first connection. */
  async channel(): Promise<ChannelScript> {
    return (await this.main()).channel();
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) await connection.close();
  }
}
