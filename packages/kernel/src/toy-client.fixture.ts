import { connect, type Socket } from 'node:net';
import type { Address } from './index.ts';

/** A socket, what it heard, and how it ended. */
export interface ToyClient {
  readonly socket: Socket;
  text(): string;
  bytes(): number;
  /** `end`, or the code of the error that ended it. */
  readonly ended: Promise<string>;
}

/** Connects half open: the test ends its own side. */
export function toyClient(to: Pick<Address, 'host' | 'port' | 'path' | 'transport'>, paused = false): Promise<ToyClient> {
  const options = { allowHalfOpen: true, noDelay: true };
  const socket = connect(to.transport === 'unix' ? { path: to.path, ...options } : { host: to.host, port: to.port, ...options });
  return watched(socket, 'connect', paused);
}

export function watched(socket: Socket, ready: string, paused = false): Promise<ToyClient> {
  const chunks: Buffer[] = [];
  let count = 0;
  if (!paused) {
    socket.on('data', (chunk: Buffer) => {
      count += chunk.length;
      if (count < 1_000_000) chunks.push(chunk);
    });
  }
  const ended = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    socket.once('close', () => resolve('close'));
  });
  const client: ToyClient = { socket, text: () => Buffer.concat(chunks).toString(), bytes: () => count, ended };
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once(ready, () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(client);
    });
  });
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
