import { type Attributes, type Connection, type FrameLength, HOLD_SESSION, type Session, type Tap, type WireError } from '@wirelike/kernel';
import {
  closing_timeout_milliseconds,
  handshake_closing_timeout_milliseconds,
  silent_close_milliseconds,
  tls_handshake_timeout_milliseconds,
} from '../limits.ts';
import { type Broker, type BrokerConnection, type BrokerSettings, type Channel, type ConnectionSink, Refusal } from '../model/index.ts';
import { ACK, methodKey } from '../wire/content.ts';
import {
  FRAME_BODY,
  FRAME_HEADER,
  FrameError,
  type FrameLimits,
  frame_overhead_bytes,
  frameLength,
  readUint16,
  readUint32,
} from '../wire/frame.ts';
import { type Fields, writeMethod } from '../wire/method.ts';
import type { MethodName } from '../wire/methods.ts';
import { greetingOf, protocolHeaderLength } from '../wire/protocol-header.ts';
import { ChannelSession } from './channel-session.ts';
import { receiveControl } from './control-channel.ts';
import { failureOf } from './errors.ts';
import { refusalOf } from './greeting.ts';
import { Handshake } from './handshake.ts';
import { Pace } from './pace.ts';
import type { PeerVerification } from './peer-verification.ts';
import type { Announced } from './persona.ts';
import type { AssemblyBudget } from './publish-reader.ts';
import { closeFields, type Failure, failure, failureOfCode, replyCodeOf } from './replies.ts';
import { brokenFrame, isFrame, strangeFrame, unexpectedFrame } from './strange-frame.ts';
import type { WireMessage } from './wire-message.ts';

/** rabbit_reader's connection states; `closed` is after our connection.close, or our answer to the client's. */
export type Phase = 'header' | 'starting' | 'tuning' | 'opening' | 'running' | 'closed';

export interface SessionOptions {
  readonly broker: Broker;
  readonly connection: Connection;
  readonly tap: Tap;
  readonly server: Announced;
  readonly peerVerification: PeerVerification;
}

/** One client's connection: its state, its end, and the way to its channels. */
export class AmqpSession implements Session, FrameLimits {
  readonly connection: Connection;
  readonly tap: Tap;
  readonly server: Announced;
  readonly handshake: Handshake;
  readonly assembly: AssemblyBudget = { held_bytes: 0 };
  phase: Phase = 'header';
  frameLength: FrameLength = protocolHeaderLength;
  /** What the client accepts and may send; before it is negotiated, the least that every client must. */
  frame_max_bytes: number;
  /** The client has closed, and is not answered yet. */
  parting = false;
  /** A method of the burst that is being received has been answered. */
  answered = false;
  readonly #broker: Broker;
  readonly #channels = new Map<number, ChannelSession>();
  #model: BrokerConnection | undefined;
  #lastChannel: ChannelSession | undefined;
  /** The last message of the burst that is being received. */
  #fresh: WireMessage | undefined;
  #mixed = false;
  readonly #pace = new Pace();
  #blocked = false;

  constructor(options: SessionOptions) {
    this.#broker = options.broker;
    this.connection = options.connection;
    this.tap = options.tap;
    this.server = options.server;
    this.frame_max_bytes = options.server.frame_min_bytes;
    this.handshake = new Handshake(options.broker, options.connection, options.server);
    // Publishers may write for long before they read; a client that does not read gets no deliveries meanwhile.
    this.connection.congestion_holds_input = false;
    // `tcp_listen_options.linger` is {true, 0}: whoever waits for the end gets a reset.
    this.connection.resets_at_end = true;
    this.connection.after(this.settings.handshake_timeout_milliseconds, () => {
      if (this.phase !== 'running' && this.phase !== 'closed') this.connection.end();
    });
    const { tls } = this.connection;
    if (tls === undefined) return;
    // Before anything is read. RabbitMQ (verify_peer) sends an alert as well, which Node has no way to.
    tls.once('secure', () => {
      if (options.peerVerification.verifies && this.connection.shows_foreign_certificate) this.connection.destroy();
    });
    this.connection.after(tls_handshake_timeout_milliseconds, () => {
      if (tls.getFinished() === undefined) this.connection.destroy();
    });
  }

  get settings(): BrokerSettings {
    return this.#broker.settings;
  }

  /** A burst of frames is taken at once, unless somebody may want to stop between two operations, or an alarm between two frames. */
  get together(): boolean {
    return !this.tap.engaged && !this.#broker.alarms.raised;
  }

  receive(bytes: Buffer, start: number, end: number): void {
    if (this.phase === 'header') {
      this.#greet(bytes, start);
      return;
    }
    let frames = 0;
    for (let at = start; at < end; frames++) {
      const next = at + frame_overhead_bytes + readUint32(bytes, at + 3);
      this.#frame(bytes, at, next);
      at = next;
    }
    this.#pace.note({
      frames,
      bytes: end - start,
      patient: this.#lastChannel?.patient ?? true,
      acknowledges: methodKey(bytes, start) === ACK,
      asks: this.answered,
    });
    this.answered = false;
    // RabbitMQ's reader stops after the first frame of a content, even if the rest is here (rabbit_reader:publish_received/1).
    if (this.#broker.alarms.raised && isContent(bytes[start])) this.#model?.publishedWhileAlarmed();
    this.settle();
    this.#keep();
  }

  /** The input that is being received published a message. */
  arrived(message: WireMessage): void {
    const previous = this.#fresh;
    if (previous !== undefined && previous.address !== message.address) this.#mixed = true;
    message.previous = previous;
    this.#fresh = message;
  }

  /**
   * Messages with one address are consumed in a row and let go of their input together. Where a burst had several
   * addresses, a few messages that nobody consumes would keep all of it: they get bytes of their own.
   */
  #keep(): void {
    const mixed = this.#mixed;
    this.#mixed = false;
    let message = this.#fresh;
    this.#fresh = undefined;
    while (message !== undefined) {
      const { previous } = message;
      message.previous = undefined;
      if (mixed && !message.delivered) message.compact();
      message = previous;
    }
  }

  /** Does what became possible meanwhile: deliveries, confirms. */
  settle(): void {
    this.#broker.pump();
  }

  #greet(bytes: Buffer, start: number): void {
    const greeting = greetingOf(bytes, start);
    const refusal = refusalOf(greeting, this.server.release);
    if (refusal !== undefined) {
      this.connection.output.copy(refusal);
      this.connection.end();
      return;
    }
    this.frameLength = frameLength(this);
    this.phase = 'starting';
    this.handshake.start(greeting);
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    const number = readUint16(bytes, start + 1);
    if (number === 0) receiveControl(this, bytes, start, end);
    else if (this.phase === 'running') {
      const type = bytes[start] ?? 0;
      if (isFrame(type, end - start)) this.#channel(number)?.receive(type, bytes, start, end);
      else this.fail(strangeFrame(bytes, start, end));
    } else this.fail(unexpectedFrame(bytes, start, end));
  }

  #channel(number: number): ChannelSession | undefined {
    if (this.#lastChannel?.number === number) return this.#lastChannel;
    let channel = this.#channels.get(number);
    if (channel === undefined) {
      const most = this.handshake.tuned.channel_max_channels;
      if (most !== 0 && this.#channels.size >= most) {
        this.fail(failure('NOT_ALLOWED', `number of channels opened (${most}) has reached the negotiated channel_max (${most})`));
        return undefined;
      }
      channel = new ChannelSession(this, number);
      this.#channels.set(number, channel);
    }
    this.#lastChannel = channel;
    return channel;
  }

  /** connection.open was granted. */
  enter(model: BrokerConnection): void {
    this.#model = model;
    this.phase = 'running';
    this.reply('connection.open-ok', { knownHosts: '' });
  }

  /** What the broker tells the connection as a whole. */
  readonly sink: ConnectionSink = {
    blocked: (reason) => this.#block(reason),
    unblocked: () => this.#unblock(),
    close: ({ condition }) => this.fail({ ...failureOf(condition, this.server.release), scope: 'connection' }),
    failed: (error) => this.connection.fail(error),
  };

  /**
   * Ends the connection for `reason`, with the class and number of the method that caused it. What is told to a
   * client that is not in yet depends on how far it came (rabbit_reader:handle_exception/3).
   */
  fail(reason: Failure, name?: MethodName): void {
    switch (this.phase) {
      case 'running':
      case 'opening':
        this.close(reason, name);
        return;
      case 'tuning':
        // Whatever its source means to say, RabbitMQ up to 4.3 goes in silence (rabbit_reader:handle_method0/3 takes the error for a crash).
        this.#hangUpLater();
        return;
      case 'starting':
        if (reason.code !== 403) this.#hangUpLater();
        else if (this.can('authentication_failure_close')) this.close(reason);
        else this.leave();
        return;
      case 'header':
        this.hangUp();
        return;
      case 'closed':
    }
  }

  /** Tells the client why, and waits for it to go. */
  close(reason: Failure, name?: MethodName): Failure {
    if (this.phase === 'closed') return reason;
    this.leave();
    this.reply('connection.close', closeFields(reason, name));
    return reason;
  }

  /** Without a word, as when RabbitMQ's reader crashes. What came in the same burst is not heard any more. */
  hangUp(): void {
    this.leave();
    this.connection.end();
  }

  /** A method of channel 0 that can't be decoded: its reader takes that for a crash of its own (rabbit_reader:handle_method0/2). */
  misread(): void {
    if (this.phase === 'running') this.close(failure('INTERNAL_ERROR'));
    else if (this.phase !== 'closed') this.#hangUpLater();
  }

  /** So that nobody is served by trying again and again, RabbitMQ's reader sleeps before it goes (rabbit_reader:handle_exception/3). */
  #hangUpLater(): void {
    this.leave();
    this.connection.endLater(silent_close_milliseconds);
  }

  /** The client closes. Channels are still there for what came with it; they are gone before it is answered (rabbit_reader:maybe_close/1). */
  part(): void {
    const waits = this.#channels.size > 0;
    this.leave();
    this.parting = waits;
    if (waits) queueMicrotask(() => this.#parted());
    else this.reply('connection.close-ok', {});
  }

  #parted(): void {
    if (!this.parting) return;
    this.parting = false;
    this.reply('connection.close-ok', {});
  }

  /** Nothing of the broker is left; the socket waits for the other side. */
  leave(): void {
    if (this.phase !== 'closed') this.connection.after(this.#patience_milliseconds(), () => this.connection.end());
    this.phase = 'closed';
    this.#depart();
    this.connection.release(HOLD_SESSION);
  }

  /** A client that beats quickly is not waited for longer than it may be silent (rabbit_reader, close_connection). */
  #patience_milliseconds(): number {
    if (this.phase === 'starting' || this.phase === 'tuning') return handshake_closing_timeout_milliseconds;
    const interval = this.handshake.tuned.heartbeat_seconds * 1_000;
    return interval > 0 ? Math.min(interval, closing_timeout_milliseconds) : closing_timeout_milliseconds;
  }

  #depart(): void {
    for (const channel of this.#channels.values()) channel.closeModel();
    this.#channels.clear();
    this.#lastChannel = undefined;
    this.#model?.close();
    this.#model = undefined;
  }

  reply<N extends MethodName>(name: N, fields: Fields<N>): void {
    writeMethod(this.connection.output, 0, name, fields);
    this.connection.written();
  }

  /** Throws the broker's refusal. */
  openChannel(channel: ChannelSession): Channel | undefined {
    return this.#model?.openChannel(channel.number, channel);
  }

  /** Whether it was still there. */
  forget(channel: ChannelSession): boolean {
    if (this.#lastChannel === channel) this.#lastChannel = undefined;
    return this.#channels.get(channel.number) === channel && this.#channels.delete(channel.number);
  }

  /** Whether the client says that it can do `name`. */
  can(name: string): boolean {
    return this.handshake.can(name);
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
    if (error instanceof Refusal) return failureOf(error.condition, this.server.release);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.tap.note(this.connection, 'internal', 'internal-error', { error: text });
    return failure('INTERNAL_ERROR');
  }

  failureOfFault(code: number | string | undefined, text: string | undefined): Failure {
    const number = typeof code === 'string' ? replyCodeOf(code) : code;
    return failureOfCode(number ?? 541, text) ?? failure('INTERNAL_ERROR', text);
  }

  /** It published while an alarm is raised: nothing more is read before that is over. */
  #block(reason: string): void {
    this.#blocked = true;
    this.connection.hold(HOLD_SESSION);
    if (this.can('connection.blocked')) this.reply('connection.blocked', { reason });
  }

  #unblock(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    if (this.can('connection.blocked')) this.reply('connection.unblocked', {});
    this.connection.release(HOLD_SESSION);
  }

  refuse(error: WireError): void {
    if (!(error instanceof FrameError)) return;
    const reason = brokenFrame(error, this.frame_max_bytes);
    if (this.parting) this.reply('connection.close', closeFields(reason));
    else this.fail(reason);
    this.parting = false;
    // Also for a client that has been told: there is no telling what it says (rabbit_reader:fatal_frame_error/5).
    this.connection.endLater(silent_close_milliseconds);
  }

  drained(): void {
    for (const channel of this.#channels.values()) channel.model?.resume();
    this.settle();
  }

  goodbye(): void {
    if (this.phase === 'running') this.close(failure('CONNECTION_FORCED', "broker forced connection closure with reason 'shutdown'"));
  }

  closed(): void {
    this.phase = 'closed';
    this.#depart();
  }
}

function isContent(type: number | undefined): boolean {
  return type === FRAME_HEADER || type === FRAME_BODY;
}
