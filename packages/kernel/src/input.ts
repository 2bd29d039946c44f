import { type FrameLength, NEED_MORE, type WireError } from './bytes/framing.ts';

const EMPTY = Buffer.alloc(0);

/** What a frame that spans two chunks takes from the second one before its length is known. Headers are shorter. */
const header_max_bytes = 16;

/**
 * Cuts a byte stream into frames. Frames that lie within one chunk are handed out where they are, without
 * a copy; a frame that spans chunks is collected in a buffer that doubles, so a hostile length field
 * costs what was really sent, and takes no more of the last chunk than its own end. Bytes that were handed
 * out are never written to again: sessions may keep them.
 */
export class InputBuffer {
  #bytes: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  /** `#bytes` is our own memory with room to grow, not a chunk that belongs to the socket. */
  #owned = false;
  /** The chunk behind `#bytes`, from `#nextStart` on. */
  #next: Buffer | undefined;
  #nextStart = 0;

  get pending(): number {
    return this.#end - this.#start + (this.#next === undefined ? 0 : this.#next.length - this.#nextStart);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  append(chunk: Buffer): void {
    if (this.#next !== undefined) this.#borrow(this.#next, this.#next.length);
    this.#next = chunk;
    this.#nextStart = 0;
    if (this.#start === this.#end) this.#advance();
  }

  /** The length of the frame at {@link start} if all of it is here; {@link consume} takes it away. */
  next(frameLength: FrameLength): number | WireError {
    while (this.#start !== this.#end) {
      const length = frameLength(this.#bytes, this.#start, this.#end);
      if (typeof length !== 'number') return length;
      const here = this.#end - this.#start;
      if (length !== NEED_MORE && length <= here) return length;
      if (this.#next === undefined) break;
      this.#borrow(this.#next, length === NEED_MORE ? header_max_bytes : length - here);
    }
    return NEED_MORE;
  }

  consume(length: number): void {
    this.#start += length;
    if (this.#start === this.#end) this.#advance();
  }

  clear(): void {
    this.#next = undefined;
    this.#advance();
  }

  /** Goes on in the next chunk, where it is. */
  #advance(): void {
    const next = this.#next;
    this.#next = undefined;
    this.#bytes = next ?? EMPTY;
    this.#start = next === undefined ? 0 : this.#nextStart;
    this.#end = this.#bytes.length;
    this.#owned = false;
  }

  /** Puts up to `wanted` bytes of the next chunk behind those that are pending. */
  #borrow(next: Buffer, wanted: number): void {
    const taken = Math.min(wanted, next.length - this.#nextStart);
    const here = this.#end - this.#start;
    if (!this.#owned || this.#end + taken > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(here + taken, this.#owned ? here * 2 : 0));
      this.#bytes.copy(grown, 0, this.#start, this.#end);
      this.#bytes = grown;
      this.#start = 0;
      this.#end = here;
      this.#owned = true;
    }
    next.copy(this.#bytes, this.#end, this.#nextStart, this.#nextStart + taken);
    this.#end += taken;
    this.#nextStart += taken;
    if (this.#nextStart === next.length) this.#next = undefined;
  }
}
