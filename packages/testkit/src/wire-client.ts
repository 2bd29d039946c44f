import { connect, type Socket } from 'node:net';
import { type Address, type FrameLength, hexdump, WireError } from '@wirelike/kernel';

const READ_MILLISECONDS = 5_000;

/** How a connection came to its end, as this side saw it. */
export type Ending = 'open' | 'ended' | 'reset';

/** The peer is gone, or did not say what was waited for. Its message shows the last bytes that did arrive. */
export class WireClientError extends Error {
  override readonly name = 'WireClientError';
}

interface Waiting {
  /** Bytes to hand over, or -1: not yet. */
  wanted(received: Buffer): number;
  resolve(bytes: Buffer): void;
  reject(error: Error): void;
  readonly timeout: NodeJS.Timeout;
}

/** A plain TCP (or unix socket) client for tests of a protocol's bytes. */
export class WireClient {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting[] = [];
  #ending: Ending = 'open';
  #peerEnded = false;
  #bytesReceived = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk));
    socket.on('end', () => this.#peerGone());
    socket.on('error', (error) => {
      if ('code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) this.#ending = 'reset';
    });
    socket.on('close', () => this.#peerGone());
  }

  static connect(address: Address): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      // Half open, so that a test decides itself when its side ends.
      const options = { allowHalfOpen: true, noDelay: true };
      const where = address.transport === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
      const socket = connect({ ...where, ...options });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new WireClient(socket));
      });
    });
  }

  /** What has arrived and was not read yet. */
  get received(): Buffer {
    return this.#received;
  }

  get bytes_received(): number {
    return this.#bytesReceived;
  }

  /** Bytes of ours that the server does not take. */
  get backlog_bytes(): number {
    return this.#socket.writableLength;
  }

  get ending(): Ending {
    return this.#ending;
  }

  /** Nothing of what is written to a connection that the server has ended gets anywhere; that is no error. */
  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Writes, and gives the server (in this process) a turn to read exactly these bytes. */
  async writeAlone(bytes: Uint8Array): Promise<void> {
    this.write(bytes);
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Takes the first bytes that `wanted` asks for: it returns how many, or -1 while they have not arrived. */
  read(wanted: (received: Buffer) => number, timeout_milliseconds: number = READ_MILLISECONDS): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(
        () => this.#giveUp(waiting, `nothing that was waited for within ${timeout_milliseconds} ms`),
        timeout_milliseconds,
      );
      const waiting: Waiting = { wanted, resolve, reject, timeout };
      this.#waiting.push(waiting);
      this.#serve();
    });
  }

  /** The next whole frame, cut by the emulator's own splitter. */
  frame(frameLength: FrameLength, timeout_milliseconds?: number): Promise<Buffer> {
    return this.read((received) => {
      if (received.length === 0) return -1;
      const length = frameLength(received, 0, received.length);
      if (length instanceof WireError) throw new WireClientError(`the server sent no frame: ${length.reason}\n${hexdump(received, 0, 64)}`);
      return length > 0 && length <= received.length ? length : -1;
    }, timeout_milliseconds);
  }

  /** Everything that has arrived, once `complete` says that it is all. */
  readUntil(complete: (received: Buffer) => boolean, timeout_milliseconds?: number): Promise<Buffer> {
    return this.read((received) => (complete(received) ? received.length : -1), timeout_milliseconds);
  }

  /** The next line, with its end. */
  line(timeout_milliseconds?: number): Promise<string> {
    const taken = this.read((received) => received.indexOf(0x0a) + 1 || -1, timeout_milliseconds);
    return taken.then((bytes) => bytes.toString('utf8'));
  }

  /** Waits until the server has ended its side (or reset it); says how. */
  async gone(timeout_milliseconds: number = READ_MILLISECONDS): Promise<Ending> {
    const deadline = performance.now() + timeout_milliseconds;
    while (!this.#peerEnded) {
      if (performance.now() > deadline)
        throw new WireClientError(`the server did not end the connection within ${timeout_milliseconds} ms`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return this.#ending;
  }

  /** Stops reading: the server's output piles up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Lets go of every read that waits: they fail. */
  abandon(): void {
    for (const waiting of [...this.#waiting]) this.#giveUp(waiting, 'abandoned');
  }

  /** Ends our side; the server may still answer. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #arrived(chunk: Buffer): void {
    this.#bytesReceived += chunk.length;
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    this.#serve();
  }

  #serve(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const count = this.#ask(first);
      if (count === undefined) continue;
      if (count < 0) break;
      this.#waiting.shift();
      clearTimeout(first.timeout);
      const taken = this.#received.subarray(0, count);
      this.#received = this.#received.subarray(count);
      first.resolve(taken);
    }
    if (this.#peerEnded) for (const waiting of [...this.#waiting]) this.#giveUp(waiting, `the connection is gone (${this.#ending})`);
  }

  /** Nothing if the reader threw: then its promise has been rejected. */
  #ask(waiting: Waiting): number | undefined {
    try {
      return waiting.wanted(this.#received);
    } catch (error) {
      this.#drop(waiting);
      waiting.reject(error instanceof Error ? error : new WireClientError(String(error)));
      return undefined;
    }
  }

  #peerGone(): void {
    if (this.#peerEnded) return;
    this.#peerEnded = true;
    if (this.#ending === 'open') this.#ending = 'ended';
    this.#serve();
  }

  #giveUp(waiting: Waiting, why: string): void {
    if (!this.#drop(waiting)) return;
    const seen = this.#received.length === 0 ? 'nothing else arrived' : `unread:\n${hexdump(this.#received, 0, 256)}`;
    waiting.reject(new WireClientError(`${why}; ${seen}`));
  }

  #drop(waiting: Waiting): boolean {
    clearTimeout(waiting.timeout);
    const at = this.#waiting.indexOf(waiting);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }
}
