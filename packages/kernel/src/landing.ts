import { Socket } from 'node:net';
import { landing_bytes, landing_full_reads_max } from './limits.ts';

/** Where input arrives, whoever's: a turn of the event loop reads one connection after the other. */
const landing = Buffer.allocUnsafeSlow(landing_bytes);

/**
 * Reads an accepted socket into memory that all connections share; `received` must be done with its bytes when it
 * returns. Takes the place of the socket's `data` events, for which Node allocates 64 KiB per read and has the
 * collector take them away: that is a tenth of what a request and its answer cost. Node offers it (`onread`) to sockets that
 * are made with it, so another one is made on the same handle; where a socket has none, `data` events it is.
 *
 * Who has more to say than {@link landing_full_reads_max} reads take lets the others have their turn: libuv reads 32 times.
 *
 * Returns the socket to go on with. Before anything else has listened to `accepted`.
 */
export function land(accepted: Socket, received: (bytes: Buffer) => void): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (typeof handle !== 'object' || handle === null) {
    accepted.on('data', received);
    return accepted;
  }
  Reflect.set(accepted, '_handle', null);
  // Its server counts it until then.
  accepted.destroy();
  let fullReads = 0;
  const options = {
    handle,
    allowHalfOpen: true,
    readable: true,
    writable: true,
    onread: {
      buffer: landing,
      callback: (length: number): boolean => {
        received(landing.subarray(0, length));
        fullReads = length === landing_bytes ? fullReads + 1 : 0;
        if (fullReads < landing_full_reads_max) return true;
        fullReads = 0;
        // Node stops reading, until the socket is resumed.
        setImmediate(() => void (socket.isPaused() || socket.resume()));
        return false;
      },
    },
  };
  const socket = new Socket(options);
  return socket.resume();
}
