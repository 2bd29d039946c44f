import { Writer } from './bytes/writer.ts';
import { output_chunk_bytes, output_pool_chunks } from './limits.ts';

const EMPTY = Buffer.alloc(0);
const pool: Buffer[] = [];

/**
 * A connection's output. Holds no memory while there is nothing to say: the first byte of a burst borrows
 * a chunk from a pool shared by the process, and the chunk goes back once the socket has written it.
 */
export class OutputBuffer extends Writer {
  constructor() {
    super(EMPTY);
  }

  override ensure(length: number): void {
    if (this.position + length <= this.bytes.length) return;
    if (this.bytes.length === 0 && length <= output_chunk_bytes) this.bytes = pool.pop() ?? Buffer.allocUnsafeSlow(output_chunk_bytes);
    else super.ensure(length);
  }

  /** Takes away what was written; the caller gives `chunk` back to {@link recycle} when it is done with it. */
  take(): { readonly view: Buffer; readonly chunk: Buffer } {
    const taken = { view: this.view(), chunk: this.bytes };
    this.bytes = EMPTY;
    this.position = 0;
    return taken;
  }
}

export function recycle(chunk: Buffer): void {
  if (chunk.length === output_chunk_bytes && pool.length < output_pool_chunks) pool.push(chunk);
}
