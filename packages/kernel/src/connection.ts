import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { InputBuffer } from './input.ts';
import type { Landing } from './landing.ts';
import {
  output_backlog_max_bytes,
  output_congested_bytes,
  output_drained_bytes,
  output_flush_bytes,
  output_passthrough_bytes,
} from './limits.ts';
import { OutputBuffer, recycle } from './output.ts';
import { type Peer, peerOf } from './peer.ts';
import type { Session } from './session.ts';
import { SocketTimers } from './socket-timers.ts';
import { chunkArrived, flushLater, sent } from './turn.ts';

/** Why input waits. Any number of reasons can hold at a time; it flows again when the last one is gone. */
export const HOLD_CONGESTED = 1;
export const HOLD_FAULT = 2;
export const HOLD_SESSION = 4;

export interface ConnectionOptions {
  readonly id: number;
  /** The listener that accepted it: `amqp`, `libvirt-socket`. */
  readonly listener: string;
  readonly socket: Socket;
  /** What reads `socket`; without it, `data` events do. */
  readonly landing?: Landing | undefined;
  readonly tls: TLSSocket | undefined;
  /** Whether a client's certificate is to be believed. */
  readonly vouchesFor?: ((certificate: X509Certificate) => boolean) | undefined;
  readonly onClosed: (connection: Connection) => void;
  /** The session threw: a mistake of ours. It has cost this connection, nobody else's. */
  readonly onFailure: (connection: Connection, error: unknown) => void;
}

/** One client's connection, whatever it came in by. */
export class Connection {
  readonly id: number;
  readonly listener: string;
  readonly peer: Peer;
  /** Set if the connection is encrypted. */
  readonly tls: TLSSocket | undefined;
  /** Write frames here, then call {@link written}. */
  readonly output: OutputBuffer = new OutputBuffer();
  /** Whether unread output holds back this connection's input. Off for protocols whose clients may write a lot before they read. */
  congestion_holds_input = true;
  /**
   * Whether {@link end} resets the connection, as a server does whose sockets linger for no time (SO_LINGER), unless the peer
   * is still reading. Over TCP alone: TLS says goodbye.
   */
  resets_at_end = false;

  readonly #socket: Socket;
  readonly #landing: Landing | undefined;
  readonly #vouchesFor: ((certificate: X509Certificate) => boolean) | undefined;
  readonly #onClosed: (connection: Connection) => void;
  readonly #onFailure: (connection: Connection, error: unknown) => void;
  readonly #input = new InputBuffer();
  readonly #inFlight: (Buffer | undefined)[] = [];
  readonly #timers = new SocketTimers();
  readonly #onWritten = (): void => this.#chunkWritten();
  #session: Session | undefined;
  #holds = 0;
  #flushQueued = false;
  #receiving = false;
  #congested = false;
  #ending = false;
  #isSilent = false;
  #peerEnded = false;
  #closed = false;
  #corrupt: ((bytes: Buffer) => void) | undefined;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(options: ConnectionOptions) {
    this.id = options.id;
    this.listener = options.listener;
    this.tls = options.tls;
    this.#socket = options.tls ?? options.socket;
    this.#landing = options.landing;
    this.#vouchesFor = options.vouchesFor;
    this.#onClosed = options.onClosed;
    this.#onFailure = options.onFailure;
    this.peer = peerOf(options.socket);
  }

  /** The certificate that the client showed, if it is one of our authority's: who the client is, for SASL EXTERNAL. */
  get client_certificate(): X509Certificate | undefined {
    const certificate = this.tls?.getPeerX509Certificate();
    return certificate !== undefined && this.#vouchesFor?.(certificate) === true ? certificate : undefined;
  }

  /** The client showed a certificate, and it is none of our authority's. After the TLS handshake. */
  get shows_foreign_certificate(): boolean {
    return this.tls?.getPeerX509Certificate() !== undefined && this.client_certificate === undefined;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The end has been decided; output still flows, input does not. */
  get ending(): boolean {
    return this.#ending || this.#closed;
  }

  /** The peer does not read what it is sent: produce nothing that can wait until `Session.drained`. */
  get congested(): boolean {
    return this.#congested;
  }

  get held(): boolean {
    return this.#holds !== 0;
  }

  get bytes_received(): number {
    return this.#bytesIn;
  }

  get bytes_sent(): number {
    return this.#bytesOut + this.output.position;
  }

  /** Bytes written by the session that the operating system has not taken yet. */
  get backlog_bytes(): number {
    return this.#socket.writableLength + this.output.position;
  }

  /** Starts the session. Called by the listener once. */
  start(session: Session): void {
    chunkArrived();
    sent();
    this.#session = session;
    const received = (chunk: Buffer): void => this.#receiveChunk(chunk);
    if (this.#landing === undefined) this.#socket.on('data', received);
    else this.#landing.received = received;
    this.#socket.on('end', () => this.#peerEnds());
    this.#watchClose();
  }

  /**
   * Gives the bare stream to a library that does its own reading and writing (HTTP, MQTT). No session is started.
   * For listeners that say they are `detached`.
   */
  detach(): Socket {
    if (this.#landing !== undefined)
      throw new Error(`the connections of ${this.listener} are read by the kernel: its listener is not \`detached\``);
    this.#watchClose();
    return this.#socket;
  }

  /** No session could be made for it. Called by the listener instead of {@link start}. */
  abandon(): void {
    this.#watchClose();
    this.destroy();
  }

  #watchClose(): void {
    this.#socket.on('error', () => this.destroy());
    this.#socket.on('close', () => this.#finish());
  }

  /** Frames were put into {@link output}. They leave together: at the end of this input, or of this turn of the event loop. */
  written(): void {
    if (this.output.position >= output_flush_bytes) this.flush();
    else if (!this.#flushQueued && !this.#receiving) {
      this.#flushQueued = true;
      flushLater(this);
    }
  }

  /** Sends `bytes` after what is in {@link output}, without a copy if they are long. The caller must not change them afterwards. */
  pass(bytes: Buffer): void {
    if (bytes.length < output_passthrough_bytes) {
      this.output.copy(bytes);
      return;
    }
    // One write for both: two cost a tenth more and beyond, and the peer is woken for the first.
    this.#socket.cork();
    this.flush();
    if (this.#writable) this.#send(bytes, undefined);
    this.#socket.uncork();
  }

  /** After our end a write would be an error, which costs the peer what is still on its way. */
  get #writable(): boolean {
    return !(this.#ending || this.#closed || this.#socket.destroyed || this.#socket.writableEnded);
  }

  flush(): void {
    this.#flushQueued = false;
    if (this.output.position === 0) return;
    const { view, chunk } = this.output.take();
    if (this.#writable) this.#send(view, chunk);
    else recycle(chunk);
  }

  /** Stops handing frames to the session until {@link release} of the same reason. */
  hold(reason: number): void {
    if (this.#ending) return;
    if (this.#holds === 0) this.#socket.pause();
    this.#holds |= reason;
  }

  release(reason: number): void {
    if ((this.#holds & reason) === 0) return;
    this.#holds &= ~reason;
    if (this.#holds !== 0 || this.#closed) return;
    this.#socket.resume();
    if (!this.#receiving) this.#process();
  }

  /** Real time, for what concerns the live socket (heartbeats, handshake timeouts). Dropped when the connection closes. */
  after(milliseconds: number, fire: () => void): { cancel(): void } {
    return this.#timers.after(milliseconds, () => {
      this.#guarded(fire);
      this.flush();
    });
  }

  /**
   * Flushes, then ends our side. Input is ignored from here on. A peer that for `linger` ms neither takes what
   * is still on its way nor ends its side is cut off.
   */
  end(linger_milliseconds = 1_000): void {
    if (this.#closed || (this.#ending && !this.#isSilent)) return;
    this.#fallSilent();
    this.#isSilent = false;
    if (this.resets_at_end && this.#resettable && !this.#isReading) this.reset();
    // The system has all of it and delivers it, and nothing can come any more: to end our side first gains nothing.
    else if (this.#peerEnded && this.tls === undefined && this.#socket.writableLength === 0) this.destroy();
    else {
      this.#socket.end();
      // Node's timeout for idle sockets counts what the operating system takes from a long write as activity.
      this.#socket.setTimeout(linger_milliseconds, () => this.destroy());
    }
  }

  /** The peer ended its side, or has not taken everything yet: a reset would cost it what is on its way. */
  get #isReading(): boolean {
    return this.#peerEnded || this.#socket.writableLength > 0;
  }

  /** As {@link end}, after a time in which the peer neither hears anything more nor is heard; or as soon as it ends its side. */
  endLater(silence_milliseconds: number): void {
    if (this.#ending || this.#closed) return;
    this.#fallSilent();
    this.#isSilent = true;
    this.after(silence_milliseconds, () => this.end());
  }

  #fallSilent(): void {
    this.flush();
    this.#ending = true;
    this.#input.clear();
    this.#holds = 0;
    this.#socket.resume();
  }

  /** Ends at once, without a flush. */
  destroy(): void {
    this.#ending = true;
    this.#socket.destroy();
  }

  /** A TCP reset instead of an orderly end. */
  reset(): void {
    this.#ending = true;
    if (this.#resettable) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  /** TLS sockets and unix sockets have no reset of their own. */
  get #resettable(): boolean {
    return this.tls === undefined && this.peer.transport === 'tcp';
  }

  /** Lets `corrupt` change the next bytes that go out. */
  corruptNext(corrupt: (bytes: Buffer) => void): void {
    this.#corrupt = corrupt;
  }

  /** The world closes. */
  goodbye(): void {
    if (!this.#ending) this.#guarded(() => this.#session?.goodbye?.());
    this.end();
  }

  /** A mistake of ours, wherever the session made it: it costs this connection and is remembered by the world. */
  fail(error: unknown): void {
    this.destroy();
    this.#onFailure(this, error);
  }

  /** What came before the peer's end is still served, also if it has to wait for a fault or for the peer to read. */
  #peerEnds(): void {
    chunkArrived();
    this.#peerEnded = true;
    if (this.#holds === 0 && !this.#receiving) this.end();
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  #receiveChunk(chunk: Buffer): void {
    chunkArrived();
    if (this.#ending) return;
    this.#bytesIn += chunk.length;
    this.#input.append(chunk);
    this.#process();
    this.#input.settle();
  }

  #process(): void {
    const session = this.#session;
    if (session === undefined || this.#receiving) return;
    this.#receiving = true;
    try {
      this.#receiveFrames(session);
    } catch (error) {
      this.fail(error);
    }
    this.#receiving = false;
    this.flush();
    if (this.#peerEnded && this.#holds === 0) this.end();
  }

  #receiveFrames(session: Session): void {
    const input = this.#input;
    while (this.#holds === 0 && !this.#ending) {
      const length = input.next(session.frameLength);
      if (typeof length !== 'number') {
        session.refuse(length);
        if (!this.#ending) this.end();
        return;
      }
      if (length === 0) return;
      session.receive(input.bytes, input.start, input.start + length);
      // A session that ends the connection has cleared the input already.
      if (!this.#ending) input.consume(length);
    }
  }

  #send(bytes: Buffer, chunk: Buffer | undefined): void {
    sent();
    this.#bytesOut += bytes.length;
    this.#inFlight.push(chunk);
    this.#socket.write(this.#corrupt === undefined ? bytes : this.#corrupted(bytes), this.#onWritten);
    const backlog = this.#socket.writableLength;
    if (backlog <= output_congested_bytes) return;
    if (backlog > output_backlog_max_bytes) this.destroy();
    else if (!this.#congested) {
      this.#congested = true;
      if (this.congestion_holds_input) this.hold(HOLD_CONGESTED);
    }
  }

  /** A copy: a message's body that is passed through may be shared with other connections. */
  #corrupted(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    this.#corrupt?.(copy);
    this.#corrupt = undefined;
    return copy;
  }

  #chunkWritten(): void {
    const chunk = this.#inFlight.shift();
    if (chunk !== undefined) recycle(chunk);
    if (!this.#congested || this.#ending || this.#socket.writableLength > output_drained_bytes) return;
    this.#congested = false;
    this.#guarded(() => this.#session?.drained?.());
    this.release(HOLD_CONGESTED);
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ending = true;
    this.#timers.stop();
    this.#input.clear();
    if (this.output.position > 0) recycle(this.output.take().chunk);
    this.#guarded(() => this.#session?.closed());
    this.#onClosed(this);
  }
}
