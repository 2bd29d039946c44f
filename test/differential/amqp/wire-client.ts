import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { type Arguments, frame, frame_types, headerPayload, methodPayload, readHeader, readMethod } from './codec/frames.ts';
import type { ClientEncryption } from './encryption.ts';
import { Inbox, type Received } from './inbox.ts';

export const protocol_header: Buffer = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

interface Partial {
  readonly name: string;
  readonly args: Received['args'];
  bodySize: number;
  properties: Received['properties'];
  frames: number[];
  body: Uint8Array[];
}

const content_methods = new Set(['basic.deliver', 'basic.get-ok', 'basic.return']);

/** One TCP connection that speaks AMQP frames and does nothing by itself but answer `close`. */
export class WireClient {
  readonly #socket: Socket;
  readonly #inboxes = new Map<number, Inbox>();
  readonly #partial = new Map<number, Partial>();
  #input: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #isFramed = false;
  /** Whether the end was a TCP reset. */
  was_reset = false;
  /** Whether `channel.close` and `connection.close` are answered. */
  answers_close = true;
  frame_max = 131_072;
  heartbeats = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.inbox(0);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => {
      this.was_reset = 'code' in error && error.code === 'ECONNRESET';
    });
    socket.on('close', () => this.#end());
  }

  static open(port: number): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => resolve(new WireClient(socket)));
    });
  }

  /** Over TLS. */
  static openSecurely(port: number, encryption: ClientEncryption): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = connectSecurely({ port, host: '127.0.0.1', ...encryption });
      socket.once('error', reject);
      socket.once('secureConnect', () => resolve(new WireClient(socket)));
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  inbox(channel: number): Inbox {
    let inbox = this.#inboxes.get(channel);
    if (inbox === undefined) {
      inbox = new Inbox();
      this.#inboxes.set(channel, inbox);
    }
    return inbox;
  }

  raw(bytes: Uint8Array): void {
    if (!this.#isClosed) this.#socket.write(bytes);
  }

  method(channel: number, name: string, args: Arguments = {}): void {
    this.raw(frame(frame_types.method, channel, methodPayload(name, args)));
  }

  content(channel: number, properties: Arguments, body: Uint8Array): void {
    const pieces = [frame(frame_types.header, channel, headerPayload(properties, body.length))];
    const room = this.frame_max - 8;
    for (let at = 0; at < body.length; at += room) pieces.push(frame(frame_types.body, channel, body.subarray(at, at + room)));
    this.raw(Buffer.concat(pieces));
  }

  /** Reads nothing more until {@link resume}: the server's output piles up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    if (!this.#isFramed && this.#input.length >= 4 && this.#input.subarray(0, 4).toString('latin1') === 'AMQP') {
      if (this.#input.length < 8) return;
      this.inbox(0).push({ name: 'protocol-header', args: [['bytes', this.#input.subarray(0, 8)]] });
      this.#input = this.#input.subarray(8);
    }
    this.#isFramed = true;
    while (this.#input.length >= 7) {
      const length = this.#input.readUInt32BE(3);
      if (this.#input.length < length + 8) return;
      if (this.#input[length + 7] !== 0xce) throw new Error('a frame that does not end in CE');
      const payload = this.#input.subarray(7, length + 7);
      this.#frame(this.#input[0] ?? 0, this.#input.readUInt16BE(1), payload);
      this.#input = this.#input.subarray(length + 8);
    }
  }

  #frame(type: number, channel: number, payload: Buffer): void {
    if (type === frame_types.heartbeat) this.heartbeats++;
    else if (type === frame_types.method) this.#method(channel, payload);
    else if (type === frame_types.header) this.#header(channel, payload);
    else if (type === frame_types.body) this.#body(channel, payload);
    else throw new Error(`a frame of type ${type}`);
  }

  #method(channel: number, payload: Buffer): void {
    const { name, args } = readMethod(payload);
    if (content_methods.has(name)) {
      this.#partial.set(channel, { name, args, bodySize: 0, properties: undefined, frames: [], body: [] });
      return;
    }
    if (this.answers_close && name === 'channel.close') this.method(channel, 'channel.close-ok');
    if (this.answers_close && name === 'connection.close') {
      this.method(0, 'connection.close-ok');
      for (const inbox of this.#inboxes.values()) inbox.push({ name, args });
      return;
    }
    this.inbox(channel).push({ name, args });
  }

  #header(channel: number, payload: Buffer): void {
    const partial = this.#partial.get(channel);
    if (partial === undefined) throw new Error('a header without a method');
    const { bodySize, properties } = readHeader(payload);
    partial.bodySize = bodySize;
    partial.properties = properties;
    this.#completed(channel, partial);
  }

  #body(channel: number, payload: Buffer): void {
    const partial = this.#partial.get(channel);
    if (partial === undefined) throw new Error('a body without a header');
    partial.frames.push(payload.length + 8);
    partial.body.push(Buffer.from(payload));
    this.#completed(channel, partial);
  }

  #completed(channel: number, partial: Partial): void {
    const body = Buffer.concat(partial.body);
    if (body.length < partial.bodySize) return;
    this.#partial.delete(channel);
    const { name, args, frames } = partial;
    this.inbox(channel).push({ name, args, properties: partial.properties ?? [], body, frames });
  }

  #end(): void {
    this.#isClosed = true;
    for (const inbox of this.#inboxes.values()) inbox.push({ name: 'end', args: [] });
  }
}
