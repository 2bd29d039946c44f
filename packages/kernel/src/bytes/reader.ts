/**
 * Reads big-endian values from a window of a buffer and never beyond it.
 *
 * Reading past the end does not throw: it yields zero or nothing and sets {@link failed}, so a decoder
 * reads a whole structure and asks once at its end.
 */
export class Reader {
  #bytes: Buffer;
  #position: number;
  #end: number;
  #failed = false;

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#end - this.#position;
  }

  /** Something was read that was not there. Sticky. */
  get failed(): boolean {
    return this.#failed;
  }

  /** For decoders that find a value impossible. */
  fail(): void {
    this.#failed = true;
    this.#position = this.#end;
  }

  uint8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.#bytes[at] ?? 0);
  }

  int8(): number {
    return (this.uint8() << 24) >> 24;
  }

  uint16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : this.#bytes.readUInt16BE(at);
  }

  int16(): number {
    return (this.uint16() << 16) >> 16;
  }

  uint32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#bytes.readUInt32BE(at);
  }

  int32(): number {
    return this.uint32() | 0;
  }

  uint64(): bigint {
    const at = this.#take(8);
    return at < 0 ? 0n : this.#bytes.readBigUInt64BE(at);
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  float32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#bytes.readFloatBE(at);
  }

  float64(): number {
    const at = this.#take(8);
    return at < 0 ? 0 : this.#bytes.readDoubleBE(at);
  }

  /** A view, not a copy. */
  view(length: number): Buffer {
    const at = this.#take(length);
    return at < 0 ? this.#bytes.subarray(0, 0) : this.#bytes.subarray(at, at + length);
  }

  utf8(length: number): string {
    const at = this.#take(length);
    return at < 0 ? '' : this.#bytes.toString('utf8', at, at + length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  #take(length: number): number {
    const at = this.#position;
    if (length > this.#end - at || length < 0) {
      this.fail();
      return -1;
    }
    this.#position = at + length;
    return at;
  }
}
