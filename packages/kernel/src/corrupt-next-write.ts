import type { Writable } from 'node:stream';

interface Piece {
  readonly chunk: unknown;
  readonly encoding: BufferEncoding;
}

type Done = (error?: Error | null) => void;

/**
 * Lets `corrupt` change what the stream takes next: one write, or all that was collected for one. For a detached
 * connection, whose output does not go through the kernel (HTTP).
 */
export function corruptNextWrite(stream: Writable, corrupt: (bytes: Buffer) => void): void {
  const { _write, _writev } = stream;
  const takeOver = (pieces: readonly Piece[], done: Done): void => {
    stream._write = _write;
    if (_writev !== undefined) stream._writev = _writev;
    const bytes = Buffer.concat(pieces.map(bytesOf));
    corrupt(bytes);
    // 'buffer' is what streams call the encoding of bytes; their types don't know it.
    Reflect.apply(_write, stream, [bytes, 'buffer', done]);
  };
  stream._write = (chunk: unknown, encoding, done) => takeOver([{ chunk, encoding }], done);
  if (_writev !== undefined) stream._writev = takeOver;
}

function bytesOf({ chunk, encoding }: Piece): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk);
  return Buffer.from(String(chunk), encoding);
}
