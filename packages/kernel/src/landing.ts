import { type Server, Socket } from 'node:net';
import { landing_bytes, landing_full_reads_max } from './limits.ts';

/** Where input arrives, whoever's: a turn of the event loop reads one connection after the other. */
const landing = Buffer.allocUnsafeSlow(landing_bytes);

/**
 * A socket that reads into memory which all connections share; {@link received} must be done with its bytes when it
 * returns. Takes the place of `data` events, for which Node allocates 64 KiB per read and has the collector take them
 * away: that is a tenth of what a request and its answer cost.
 *
 * Who has more to say than {@link landing_full_reads_max} reads take lets the others have their turn: libuv reads 32 times.
 */
export class Landing {
  readonly socket: Socket;
  received: (bytes: Buffer) => void = () => undefined;
  #fullReads = 0;

  constructor(handle: object) {
    const callback = (length: number): boolean => this.#read(length);
    // Half open: what a client asked before it ended its side is still answered.
    const options = { handle, allowHalfOpen: true, readable: true, writable: true, onread: { buffer: landing, callback } };
    this.socket = new Socket(options).resume();
  }

  /** `false` makes Node stop reading, until the socket is resumed. */
  #read(length: number): boolean {
    this.received(landing.subarray(0, length));
    this.#fullReads = length === landing_bytes ? this.#fullReads + 1 : 0;
    if (this.#fullReads < landing_full_reads_max) return true;
    this.#fullReads = 0;
    setImmediate(() => void (this.socket.isPaused() || this.socket.resume()));
    return false;
  }
}

/**
 * Has `arrived` told of every client that `server` accepts from now on, by a {@link Landing}. Node offers `onread` to sockets
 * that are made with it, which its servers' are not, so they are made here, of the handle that libuv accepted: the server
 * neither knows nor counts them. (To make another one of an accepted socket's handle cost a twentieth of a connection.)
 *
 * Returns whether it could be done. If this Node has no such handles, its server's own sockets and their `data` events it is.
 */
export function landAll(server: Server, arrived: (landing: Landing) => void): boolean {
  const listening: unknown = Reflect.get(server, '_handle');
  if (typeof listening !== 'object' || listening === null || typeof Reflect.get(listening, 'onconnection') !== 'function') return false;
  // A connection that could not be accepted (no file descriptors left) costs only that client.
  return Reflect.set(listening, 'onconnection', (error: number, handle: object | undefined) => {
    if (handle !== undefined && !error) arrived(new Landing(handle));
  });
}
