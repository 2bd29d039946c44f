import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP port of the loopback interface that nobody has at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}

/** Whether somebody accepts connections there: a port of 127.0.0.1, or the path of a unix socket. */
export function accepts(where: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof where === 'number' ? connect(where, '127.0.0.1') : connect(where);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Waits until a probe succeeds; throws what `explain` says when the time is up or `isAlive` says there is no use. */
export async function waitUntil(
  probe: () => Promise<boolean>,
  options: {
    readonly timeout_milliseconds: number;
    readonly isAlive: () => boolean;
    readonly explain: () => string;
    readonly interval_milliseconds?: number;
  },
): Promise<void> {
  const deadline = performance.now() + options.timeout_milliseconds;
  while (!(await probe())) {
    if (!options.isAlive() || performance.now() > deadline) throw new Error(options.explain());
    await sleep(options.interval_milliseconds ?? 20);
  }
}
