import { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Connection } from './connection.ts';
import type { Session } from './session.ts';

/** Enough to notice one object for each frame: the smallest has 16 bytes. */
const ALLOWED_BYTES_PER_FRAME = 4;
const FRAME_BYTES = 16;
const FRAMES_PER_CHUNK = 4_096;

class Counter implements Session {
  readonly connection: Connection;
  frames = 0;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  frameLength(): number {
    return FRAME_BYTES;
  }

  receive(bytes: Buffer, start: number): void {
    this.frames += 1;
    const { output } = this.connection;
    output.ensure(4);
    output.bytes[output.position++] = bytes[start] ?? 0;
    if (output.position > 1_000) output.reset();
  }

  refuse(): void {}
  closed(): void {}
}

test('a million small frames: no memory for each', () => {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  const socket = new Socket();
  const options = { id: 1, listener: 'toy', socket, tls: undefined, onClosed: () => undefined, onFailure: () => undefined };
  const connection = new Connection(options);
  const session = new Counter(connection);
  connection.start(session);
  const chunk = Buffer.alloc(FRAME_BYTES * FRAMES_PER_CHUNK, 7);
  const slices: number[] = [];
  for (let slice = 0; slice < 12; slice++) {
    if (typeof collect === 'function') collect();
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 21; count++) socket.emit('data', chunk);
    slices.push((process.memoryUsage().heapUsed - before) / (21 * FRAMES_PER_CHUNK));
  }
  expect(session.frames).toBeGreaterThan(1_000_000);
  // The first slices pay for compilation.
  expect(slices.slice(4).sort((one, other) => one - other)[4]).toBeLessThan(ALLOWED_BYTES_PER_FRAME);
  socket.destroy();
});
