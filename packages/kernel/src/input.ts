import { type FrameLength, NEED_MORE, type WireError } from './bytes/framing.ts';
import { input_frame_eager_bytes } from './limits.ts';

const EMPTY = Buffer.alloc(0);

/** What a frame that spans two chunks takes from the second one before its length is known. Headers are shorter. */
const header_max_bytes = 16;

/**
 * Cuts a byte stream into frames. The chunks that it is given lie in memory that the next read writes to, so
 * whatever is handed out, or waits for its other half, is copied, once: all whole frames of a chunk together,
 * and a frame that spans chunks to the place where its end will follow. Bytes that were handed out are never written to
 * again: sessions may keep them. A frame's memory grows as its bytes arrive, so a hostile length field costs
 * {@link input_frame_eager_bytes} and beyond that what was really sent.
 */
export class InputBuffer {
  /** Ours: what is handed out, or the beginning of a frame. */
  #bytes: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  /** What follows is still where it was read to. */
  #source: Buffer = EMPTY;
  #sourceStart = 0;

  get pending(): number {
    return this.#end - this.#start + this.#source.length - this.#sourceStart;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  /** Valid until {@link settle}. */
  append(source: Buffer): void {
    this.settle();
    this.#source = source;
    this.#sourceStart = 0;
  }

  /** The length of the frame at {@link start} if all of it is here; {@link consume} takes it away. */
  next(frameLength: FrameLength): number | WireError {
    while (this.#start !== this.#end) {
      const length = frameLength(this.#bytes, this.#start, this.#end);
      if (typeof length !== 'number') return length;
      const here = this.#end - this.#start;
      if (length !== NEED_MORE && length <= here) return length;
      if (this.#sourceStart === this.#source.length) return NEED_MORE;
      if (length === NEED_MORE) this.#take(header_max_bytes, here + header_max_bytes);
      else this.#take(length - here, length);
    }
    return this.#sourceStart === this.#source.length ? NEED_MORE : this.#begin(frameLength);
  }

  #begin(frameLength: FrameLength): number | WireError {
    const here = this.#source.length - this.#sourceStart;
    const length = frameLength(this.#source, this.#sourceStart, this.#source.length);
    if (typeof length !== 'number') return length;
    const whole = length !== NEED_MORE && length <= here;
    // Many small frames share a copy; the first part of a long one behind them does not go with them.
    if (whole) this.#take(length * 2 < here ? here : length, 0);
    else this.#take(here, length);
    return whole ? length : NEED_MORE;
  }

  consume(length: number): void {
    this.#start += length;
    if (this.#start === this.#end) this.#release();
  }

  /** Copies what is left: the memory that it was read to is wanted for something else. */
  settle(): void {
    if (this.#sourceStart !== this.#source.length) this.#take(this.#source.length - this.#sourceStart, 0);
    this.#source = EMPTY;
    this.#sourceStart = 0;
  }

  clear(): void {
    this.#release();
    this.#source = EMPTY;
    this.#sourceStart = 0;
  }

  #release(): void {
    this.#bytes = EMPTY;
    this.#start = 0;
    this.#end = 0;
  }

  /** Puts up to `wanted` bytes of the source behind those that are pending, which may become `expected` in all. */
  #take(wanted: number, expected: number): void {
    const source = this.#source;
    const from = this.#sourceStart;
    const taken = Math.min(wanted, source.length - from);
    if (this.#bytes === EMPTY || this.#end + taken > this.#bytes.length) this.#grow(taken, expected);
    source.copy(this.#bytes, this.#end, from, from + taken);
    this.#end += taken;
    this.#sourceStart = from + taken;
  }

  #grow(taken: number, expected: number): void {
    const here = this.#end - this.#start;
    const affordable = Math.max(here * 2, input_frame_eager_bytes);
    const grown = Buffer.allocUnsafeSlow(Math.max(here + taken, expected === 0 ? here * 2 : Math.min(expected, affordable)));
    if (here > 0) this.#bytes.copy(grown, 0, this.#start, this.#end);
    this.#bytes = grown;
    this.#start = 0;
    this.#end = here;
  }
}
