import { Duplex } from 'node:stream';
import { type Connection, type FrameLength, HOLD_SESSION, NEED_MORE, type Session, WireError } from '@wirelike/kernel';
import { control_handshake_milliseconds, control_message_max_bytes } from '../limits.ts';

/** What a net-ipc client sends first, before any message. */
const GREETING = 'IPC';

/** net-ipc's kinds of message that a client may send. */
const HANDSHAKE = 0;
const FROM_CLIENTS: readonly number[] = [/* message */ 1, /* request */ 2, /* ping */ 4, /* end */ 6];

/**
 * Stands between a client and net-ipc's server, which ends the process on input that it does not expect (a greeting
 * of just `GET`, a length beyond 1 GiB, an error before the handshake) and lets clients choose lengths and each
 * other's ids. Only whole, well-formed messages of a bounded length get through to {@link stream}.
 */
export class IpcSession implements Session {
  /** What net-ipc's server takes for the socket. */
  readonly stream: Duplex;
  readonly #connection: Connection;
  readonly #handshakeDeadline: { cancel(): void };
  #state: 'greeting' | 'handshake' | 'open' = 'greeting';
  #resume: (() => void) | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#handshakeDeadline = connection.after(control_handshake_milliseconds, () => connection.destroy());
    this.stream = new Duplex({
      readableHighWaterMark: control_message_max_bytes,
      read: () => connection.release(HOLD_SESSION),
      write: (chunk: Buffer, _, done) => {
        connection.pass(chunk);
        connection.written();
        if (connection.congested) this.#resume = done;
        else done();
      },
      final: (done) => {
        connection.end();
        done();
      },
      destroy: (_, done) => {
        connection.end();
        done(null);
      },
    });
  }

  readonly frameLength: FrameLength = (bytes, start, end) => {
    if (this.#state === 'greeting') return greetingLength(bytes, start, end);
    return messageLength(bytes, start, end);
  };

  receive(bytes: Buffer, start: number, end: number): void {
    if (this.#state === 'greeting') {
      this.#state = 'handshake';
      this.#push(Buffer.from(GREETING));
      return;
    }
    const message = parse(bytes.toString('utf8', bodyStart(bytes, start), end));
    if (this.#state === 'handshake') {
      if (message?.t !== HANDSHAKE) {
        this.#connection.end();
        return;
      }
      this.#state = 'open';
      this.#handshakeDeadline.cancel();
      // Nothing that the client wishes for: not another client's id, no compression, no binary encoding.
      this.#push(frame(JSON.stringify({ t: HANDSHAKE, d: {} })));
    } else if (message !== undefined && FROM_CLIENTS.includes(message.t)) {
      this.#push(Buffer.from(bytes.subarray(start, end)));
    } else {
      this.#connection.end();
    }
  }

  refuse(): void {
    this.#connection.end();
  }

  drained(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  closed(): void {
    this.#handshakeDeadline.cancel();
    this.stream.destroy();
  }

  #push(bytes: Buffer): void {
    if (!this.stream.destroyed && !this.stream.push(bytes)) this.#connection.hold(HOLD_SESSION);
  }
}

function greetingLength(bytes: Buffer, start: number, end: number): number | WireError {
  const seen = bytes.toString('latin1', start, Math.min(end, start + GREETING.length));
  if (!GREETING.startsWith(seen)) return new WireError('not a net-ipc client');
  return seen.length < GREETING.length ? NEED_MORE : GREETING.length;
}

/** A length in groups of seven bits, most significant first, the last one marked by the eighth bit; then JSON. */
function messageLength(bytes: Buffer, start: number, end: number): number | WireError {
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    length = length * 128 + (byte & 127);
    if (length > control_message_max_bytes) break;
    if (byte > 127) return at + 1 - start + length;
    // Leading zeros could go on for ever without the length growing.
    if (at - start >= 8) return new WireError('a length of more than eight bytes');
  }
  return length > control_message_max_bytes ? new WireError(`a message longer than ${control_message_max_bytes} bytes`) : NEED_MORE;
}

function bodyStart(bytes: Buffer, start: number): number {
  let at = start;
  while ((bytes[at] ?? 128) <= 127) at++;
  return at + 1;
}

function parse(text: string): { readonly t: number } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 't' in value && typeof value.t === 'number' ? { t: value.t } : undefined;
  } catch {
    return undefined;
  }
}

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const length = [(body.length & 127) | 128];
  for (let rest = body.length >> 7; rest > 0; rest >>= 7) length.unshift(rest & 127);
  return Buffer.concat([Buffer.from(length), body]);
}
