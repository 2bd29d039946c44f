import { type FrameLength, NEED_MORE, type WireError } from './bytes/framing.ts';

const EMPTY = Buffer.alloc(0);

/**
 * Cuts a byte stream into frames. Frames that lie within one chunk are handed out where they are, without
 * a copy; a frame that spans chunks is collected in a buffer that doubles, so a hostile length field
 * costs what was really sent. Bytes that were handed out are never written to again: sessions may keep them.
 */
export class InputBuffer {
  #bytes: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  /** `#bytes` is our own memory with room to grow, not a chunk that belongs to the socket. */
  #owned = false;

  get pending(): number {
    return this.#end - this.#start;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  append(chunk: Buffer): void {
    if (this.#start === this.#end) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    const pending = this.pending;
    if (!this.#owned || this.#end + chunk.length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(pending + chunk.length, this.#owned ? pending * 2 : 0));
      this.#bytes.copy(grown, 0, this.#start, this.#end);
      this.#bytes = grown;
      this.#start = 0;
      this.#end = pending;
      this.#owned = true;
    }
    chunk.copy(this.#bytes, this.#end);
    this.#end += chunk.length;
  }

  /** The length of the frame at {@link start} if all of it is here. */
  next(frameLength: FrameLength): number | WireError {
    if (this.#start === this.#end) return NEED_MORE;
    const length = frameLength(this.#bytes, this.#start, this.#end);
    if (typeof length !== 'number') return length;
    return length <= this.pending ? length : NEED_MORE;
  }

  consume(length: number): void {
    this.#start += length;
    if (this.#start === this.#end) this.clear();
  }

  clear(): void {
    this.#bytes = EMPTY;
    this.#start = 0;
    this.#end = 0;
    this.#owned = false;
  }
}
