import { Writer } from './bytes/writer.ts';
import { output_chunk_bytes, output_pool_chunks, output_small_chunk_bytes, output_small_pool_chunks } from './limits.ts';

const EMPTY = Buffer.alloc(0);

/** Chunks of one size, shared by the process. */
class ChunkPool {
  readonly #chunk_bytes: number;
  readonly #chunks_max: number;
  readonly #chunks: Buffer[] = [];

  constructor(chunk_bytes: number, chunks_max: number) {
    this.#chunk_bytes = chunk_bytes;
    this.#chunks_max = chunks_max;
  }

  borrow(): Buffer {
    return this.#chunks.pop() ?? Buffer.allocUnsafeSlow(this.#chunk_bytes);
  }

  giveBack(chunk: Buffer): void {
    if (chunk.length === this.#chunk_bytes && this.#chunks.length < this.#chunks_max) this.#chunks.push(chunk);
  }
}

const small = new ChunkPool(output_small_chunk_bytes, output_small_pool_chunks);
const large = new ChunkPool(output_chunk_bytes, output_pool_chunks);

/**
 * A connection's output. Holds no memory while there is nothing to say: the first byte of a burst borrows
 * a chunk from a pool shared by the process, and the chunk goes back once the socket has written it. Connections
 * that say little get small ones, so that thousands of them may speak in one turn.
 */
export class OutputBuffer extends Writer {
  /** The last burst did not fit into a small chunk: neither will the next. */
  #talkative = false;

  constructor() {
    super(EMPTY);
  }

  override ensure(length: number): void {
    const needed = this.position + length;
    if (needed <= this.bytes.length) return;
    if (needed > output_chunk_bytes) super.ensure(length);
    else if (this.position === 0 && needed <= output_small_chunk_bytes && !this.#talkative) this.bytes = small.borrow();
    else this.#enlarge();
  }

  #enlarge(): void {
    const chunk = large.borrow();
    this.bytes.copy(chunk, 0, 0, this.position);
    recycle(this.bytes);
    this.bytes = chunk;
  }

  /** Takes away what was written; the caller gives `chunk` back to {@link recycle} when it is done with it. */
  take(): { readonly view: Buffer; readonly chunk: Buffer } {
    const taken = { view: this.view(), chunk: this.bytes };
    this.#talkative = this.position > output_small_chunk_bytes;
    this.bytes = EMPTY;
    this.position = 0;
    return taken;
  }
}

export function recycle(chunk: Buffer): void {
  if (chunk.length === output_small_chunk_bytes) small.giveBack(chunk);
  else large.giveBack(chunk);
}
