import { type Attributes, type Connection, type FrameLength, HOLD_SESSION, type Session, type Tap, type WireError } from '@wirelike/kernel';
import { closing_timeout_milliseconds, handshake_timeout_milliseconds } from '../limits.ts';
import { type Broker, type BrokerConnection, type Channel, type ConnectionSink, Refusal } from '../model/index.ts';
import {
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
  FrameError,
  type FrameLimits,
  frame_header_bytes,
  frame_overhead_bytes,
  frameLength,
  readUint16,
  readUint32,
} from '../wire/frame.ts';
import { decodeFields, type Fields, methodNameOf, methodSpec, writeMethod } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';
import { greetingOf, PROTOCOL_HEADER, protocolHeaderLength } from '../wire/protocol-header.ts';
import { attributesOfFields } from './attributes.ts';
import { ChannelSession } from './channel-session.ts';
import { binary, binaryAsNumbers } from './erlang.ts';
import { failureOf } from './errors.ts';
import { Handshake } from './handshake.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Announced } from './persona.ts';
import { type AssemblyBudget, content_header_frame_min_bytes } from './publish-reader.ts';
import { type Failure, failure, failureOfCode, limited, replyCodeOf } from './replies.ts';

/** rabbit_reader's connection states; `closed` is after our connection.close, or the answer to the client's. */
type Phase = 'header' | 'starting' | 'tuning' | 'opening' | 'running' | 'closed';

export interface SessionOptions {
  readonly broker: Broker;
  readonly connection: Connection;
  readonly tap: Tap;
  readonly server: Announced;
}

/** One client's connection: the handshake, channel 0, and the way to the channels. */
export class AmqpSession implements Session, ConnectionSink, FrameLimits {
  readonly connection: Connection;
  readonly tap: Tap;
  readonly server: Announced;
  readonly assembly: AssemblyBudget = { held_bytes: 0 };
  frameLength: FrameLength = protocolHeaderLength;
  /** What the client accepts and may send; before it is negotiated, the least that every client must. */
  frame_max_bytes: number;
  readonly #broker: Broker;
  readonly #handshake: Handshake;
  readonly #channels = new Map<number, ChannelSession>();
  #phase: Phase = 'header';
  #model: BrokerConnection | undefined;
  #lastChannel: ChannelSession | undefined;
  /** Why publishers have to wait, once an alarm is raised. */
  #alarm: string | undefined;
  #blockedSent = false;

  constructor(options: SessionOptions) {
    this.#broker = options.broker;
    this.connection = options.connection;
    this.tap = options.tap;
    this.server = options.server;
    this.frame_max_bytes = options.server.frame_min_bytes;
    this.#handshake = new Handshake(options.broker, options.connection, options.server);
    // Publishers may write for long before they read; a client that does not read gets no deliveries meanwhile.
    this.connection.congestion_holds_input = false;
    this.connection.after(handshake_timeout_milliseconds, () => {
      if (this.#phase !== 'running' && this.#phase !== 'closed') this.connection.end();
    });
  }

  /** A burst of frames is taken at once, unless somebody wants to stop between two operations. */
  get together(): boolean {
    return !this.tap.engaged;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    if (this.#phase === 'header') {
      this.#greet(bytes, start);
      return;
    }
    for (let at = start; at < end; ) {
      const next = at + frame_overhead_bytes + readUint32(bytes, at + 3);
      this.#frame(bytes, at, next);
      at = next;
    }
    this.settle();
  }

  /** What became possible meanwhile: deliveries, confirms. */
  settle(): void {
    this.#broker.pump();
  }

  #greet(bytes: Buffer, start: number): void {
    if (greetingOf(bytes, start) === 'refused') {
      this.connection.output.copy(PROTOCOL_HEADER);
      this.connection.end();
      return;
    }
    this.frameLength = frameLength(this);
    this.#phase = 'starting';
    this.#handshake.start();
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start] ?? 0;
    const number = readUint16(bytes, start + 1);
    if (number === 0) this.#controlFrame(type, bytes, start, end);
    else if (this.#phase === 'running') {
      if (!isFrame(type, end - start)) this.#strangeFrame(type, bytes, start, end);
      else this.#channel(number)?.receive(type, bytes, start, end);
    } else if (this.#phase !== 'closed') this.fail(unexpectedFrame(type, bytes.subarray(start + frame_header_bytes, end - 1)));
  }

  #channel(number: number): ChannelSession | undefined {
    if (this.#lastChannel?.number === number) return this.#lastChannel;
    let channel = this.#channels.get(number);
    if (channel === undefined) {
      const most = this.#handshake.tuned.channel_max_channels;
      if (this.#channels.size >= most) {
        this.fail(failure('NOT_ALLOWED', `number of channels opened (${most}) has reached the negotiated channel_max (${most})`));
        return undefined;
      }
      channel = new ChannelSession(this, number);
      this.#channels.set(number, channel);
    }
    this.#lastChannel = channel;
    return channel;
  }

  #controlFrame(type: number, bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (type === FRAME_METHOD && length >= frame_overhead_bytes + 4) this.#controlMethod(bytes, start, end);
    else if (this.#phase === 'closed' || (type === FRAME_HEARTBEAT && length === frame_overhead_bytes)) return;
    else if (isFrame(type, length)) this.fail(unexpectedFrame(type, bytes.subarray(start + frame_header_bytes, end - 1)));
    else this.#strangeFrame(type, bytes, start, end);
  }

  /** A type that does not exist, a payload that is too short for its type, or a heartbeat on a channel. */
  #strangeFrame(type: number, bytes: Buffer, start: number, end: number): void {
    const payload = bytes.subarray(start + frame_header_bytes, end - 1);
    const isHeartbeat = type === FRAME_HEARTBEAT && payload.length === 0;
    this.fail(isHeartbeat ? unexpectedFrame(type, payload) : failure('FRAME_ERROR', `${snippet(type, payload)}: unknown_frame`));
  }

  #controlMethod(bytes: Buffer, start: number, end: number): void {
    const name = methodNameOf(readUint16(bytes, start + frame_header_bytes), readUint16(bytes, start + frame_header_bytes + 2));
    // RabbitMQ's reader crashes on a method it does not know: the connection ends without a word.
    if (name === undefined) this.connection.end();
    else this.#control(name, bytes, start + frame_header_bytes + 4, end - 1);
  }

  #control<N extends MethodName>(name: N, bytes: Buffer, start: number, end: number): void {
    const fields = decodeFields(name, bytes, start, end);
    if (fields === undefined) {
      if (this.#phase !== 'closed') {
        this.fail(failure('FRAME_ERROR', `cannot decode ${binaryAsNumbers(bytes.subarray(start, end))}`), name);
      }
      return;
    }
    const { tap } = this;
    if (!tap.engaged || this.#phase === 'closed') {
      this.#perform(name, fields);
      return;
    }
    tap.attempt(this.connection, {
      operation: name,
      attributes: attributesOfFields(fields),
      run: () => this.#perform(name, fields),
      fail: ({ code, text }) => {
        const reason = this.failureOfFault(code, text);
        this.#close(reason, name);
        return reason;
      },
    });
  }

  #perform<N extends MethodName>(name: N, fields: Fields<N>): Failure | undefined {
    const handler: ((fields: Fields<N>) => Failure | undefined) | undefined = this.#controls[name];
    let reason: Failure | undefined;
    try {
      if (handler !== undefined) reason = handler(fields);
      else if (this.#phase !== 'closed') reason = failure('CHANNEL_ERROR', `unexpected method in connection state ${this.#phase}`);
    } catch (error) {
      reason = this.failureOfError(error);
    }
    if (reason !== undefined) this.fail(reason, name);
    return reason;
  }

  /** Channel 0's methods. Each says itself in which phase it may come. */
  readonly #controls: { readonly [N in MethodName]?: (fields: Fields<N>) => Failure | undefined } = {
    'connection.start-ok': (fields) => {
      if (this.#phase !== 'starting') return this.#unexpected();
      const problem = this.#handshake.startOk(fields);
      if (problem === undefined) this.#phase = 'tuning';
      return problem;
    },
    'connection.tune-ok': (fields) => {
      if (this.#phase !== 'tuning') return this.#unexpected();
      const problem = this.#handshake.tuneOk(fields);
      if (problem !== undefined) return problem;
      this.#phase = 'opening';
      this.frame_max_bytes = this.#handshake.tuned.frame_max_bytes;
      startHeartbeat(this.connection, this.#handshake.tuned.heartbeat_seconds);
      return undefined;
    },
    'connection.open': (fields) => this.#open(fields),
    'connection.close': () => {
      if (this.#phase !== 'running' && this.#phase !== 'closed') return this.#unexpected();
      this.#leave();
      this.#reply('connection.close-ok', {});
      return undefined;
    },
    'connection.close-ok': () => {
      if (this.#phase !== 'closed') return this.#unexpected();
      this.connection.end();
      return undefined;
    },
    // RabbitMQ's own users have no secret that expires: nothing to update.
    'connection.update-secret': () => {
      if (this.#phase !== 'running') return this.#unexpected();
      this.#reply('connection.update-secret-ok', {});
      return undefined;
    },
  };

  #open({ virtualHost }: Fields<'connection.open'>): Failure | undefined {
    if (this.#phase !== 'opening') return this.#unexpected();
    const opened = this.#handshake.open(virtualHost, this);
    if ('scope' in opened) return opened;
    this.#model = opened;
    this.#phase = 'running';
    this.#reply('connection.open-ok', { knownHosts: '' });
    return undefined;
  }

  #unexpected(): Failure | undefined {
    return this.#phase === 'closed' ? undefined : failure('CHANNEL_ERROR', `unexpected method in connection state ${this.#phase}`);
  }

  /**
   * Ends the connection for `reason`, with the class and number of the method that caused it. What is told to a
   * client that is not in yet depends on how far it came (rabbit_reader:handle_exception/3).
   */
  fail(reason: Failure, name?: MethodName): void {
    switch (this.#phase) {
      case 'running':
      case 'opening':
        this.#close(reason, name);
        return;
      case 'tuning':
        // RabbitMQ names the method that it sent.
        if (reason.code === 530) this.#close(reason, 'connection.tune');
        else this.connection.end();
        return;
      case 'starting':
        if (reason.code === 403 && this.can('authentication_failure_close')) this.#close(reason);
        else this.connection.end();
        return;
      case 'header':
        this.connection.end();
        return;
      case 'closed':
    }
  }

  #close(reason: Failure, name?: MethodName): void {
    const spec = name === undefined ? undefined : methodSpec(name);
    this.#leave();
    this.#reply('connection.close', {
      replyCode: reason.code,
      replyText: limited(reason.text),
      classId: spec?.class ?? 0,
      methodId: spec?.id ?? 0,
    });
  }

  /** Nothing of the broker is left; the socket waits for the other side to go. */
  #leave(): void {
    if (this.#phase !== 'closed') this.connection.after(closing_timeout_milliseconds, () => this.connection.end());
    this.#phase = 'closed';
    this.#depart();
    this.connection.release(HOLD_SESSION);
  }

  #depart(): void {
    for (const channel of this.#channels.values()) channel.closeModel();
    this.#channels.clear();
    this.#lastChannel = undefined;
    this.#model?.close();
    this.#model = undefined;
  }

  #reply<N extends MethodName>(name: N, fields: Fields<N>): void {
    writeMethod(this.connection.output, 0, name, fields);
    this.connection.written();
  }

  /** Throws the broker's refusal. */
  openChannel(channel: ChannelSession): Channel | undefined {
    return this.#model?.openChannel(channel.number, channel);
  }

  forget(channel: ChannelSession): void {
    this.#channels.delete(channel.number);
    if (this.#lastChannel === channel) this.#lastChannel = undefined;
  }

  /** Whether the client says that it can do `name`. */
  can(name: string): boolean {
    return this.#handshake.can(name);
  }

  /** The broker tells a channel something; faults may stop it. */
  told(operation: string, channel: ChannelSession, attributes: Attributes, write: () => void): void {
    if (!this.tap.engaged) {
      write();
      return;
    }
    this.tap.attempt(this.connection, {
      operation,
      direction: 'out',
      attributes: { channel: channel.number, ...attributes },
      run: () => {
        write();
        return undefined;
      },
      fail: ({ code, text }) => channel.failed(this.failureOfFault(code, text)),
    });
  }

  failureOfError(error: unknown): Failure {
    if (error instanceof Refusal) return failureOf(error.condition, this.server.persona);
    this.tap.note(this.connection, 'internal', 'internal-error', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return failure('INTERNAL_ERROR');
  }

  failureOfFault(code: number | string | undefined, text: string | undefined): Failure {
    const number = typeof code === 'string' ? replyCodeOf(code) : code;
    return failureOfCode(number ?? 541, text) ?? failure('INTERNAL_ERROR', text);
  }

  /** A message was published: while an alarm lasts, it is the last that is read (rabbit_reader:publish_received/1). */
  publishReceived(): void {
    if (this.#alarm === undefined || this.#blockedSent) return;
    this.#blockedSent = true;
    this.connection.hold(HOLD_SESSION);
    if (this.can('connection.blocked')) this.#reply('connection.blocked', { reason: this.#alarm });
  }

  blocked(reason: string): void {
    this.#alarm = reason;
  }

  unblocked(): void {
    this.#alarm = undefined;
    if (!this.#blockedSent) return;
    this.#blockedSent = false;
    if (this.can('connection.blocked')) this.#reply('connection.unblocked', {});
    this.connection.release(HOLD_SESSION);
  }

  close(refusal: Refusal): void {
    this.fail({ ...failureOf(refusal.condition, this.server.persona), scope: 'connection' });
  }

  refuse(error: WireError): void {
    if (error instanceof FrameError) this.fail(failure('FRAME_ERROR', `${snippet(error.type, error.payload)}: ${this.#describe(error)}`));
  }

  #describe({ problem }: FrameError): string {
    if (problem.kind === 'end-octet') return `{invalid_frame_end_marker,${problem.octet}}`;
    return `{frame_too_large,${problem.size_bytes},${this.frame_max_bytes - frame_overhead_bytes}}`;
  }

  drained(): void {
    for (const channel of this.#channels.values()) channel.model?.resume();
    this.settle();
  }

  goodbye(): void {
    this.fail(failure('CONNECTION_FORCED', "broker forced connection closure with reason 'shutdown'"));
  }

  closed(): void {
    this.#phase = 'closed';
    this.#depart();
  }
}

/** Whether a frame can be what its type says (rabbit_command_assembler:analyze_frame/2). */
function isFrame(type: number, length: number): boolean {
  if (type === FRAME_METHOD) return length >= frame_overhead_bytes + 4;
  return type === FRAME_BODY || (type === FRAME_HEADER && length >= content_header_frame_min_bytes);
}

function unexpectedFrame(type: number, payload: Buffer): Failure {
  return failure('UNEXPECTED_FRAME', snippet(type, payload));
}

/** rabbit_reader:payload_snippet/1. */
function snippet(type: number, payload: Buffer): string {
  const shown = payload.length <= 16 ? 'all' : 'first 16';
  return `type ${type}, ${shown} octets = ${payload.length === 0 ? '<<>>' : binary(payload.subarray(0, 16))}`;
}
