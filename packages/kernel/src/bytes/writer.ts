/**
 * A growable buffer for big-endian values. A connection's output is one (see `OutputBuffer`);
 * codecs write into any.
 *
 * Hot code may write straight into {@link bytes} from {@link position} on after {@link ensure}.
 */
export class Writer {
  bytes: Buffer;
  position = 0;

  constructor(initial: Buffer | number = 256) {
    this.bytes = typeof initial === 'number' ? Buffer.allocUnsafe(initial) : initial;
  }

  /** Makes room for `length` more bytes. `bytes` may be another buffer afterwards. */
  ensure(length: number): void {
    const needed = this.position + length;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.position);
    this.bytes = grown;
  }

  uint8(value: number): void {
    this.ensure(1);
    this.bytes[this.position++] = value;
  }

  uint16(value: number): void {
    this.ensure(2);
    this.position = this.bytes.writeUInt16BE(value & 0xffff, this.position);
  }

  uint32(value: number): void {
    this.ensure(4);
    this.position = this.bytes.writeUInt32BE(value >>> 0, this.position);
  }

  int32(value: number): void {
    this.uint32(value);
  }

  uint64(value: bigint): void {
    this.ensure(8);
    this.position = this.bytes.writeBigUInt64BE(BigInt.asUintN(64, value), this.position);
  }

  float32(value: number): void {
    this.ensure(4);
    this.position = this.bytes.writeFloatBE(value, this.position);
  }

  float64(value: number): void {
    this.ensure(8);
    this.position = this.bytes.writeDoubleBE(value, this.position);
  }

  copy(source: Uint8Array): void {
    this.ensure(source.length);
    this.bytes.set(source, this.position);
    this.position += source.length;
  }

  /** Returns the number of bytes written. */
  utf8(text: string): number {
    this.ensure(text.length * 3);
    const written = this.bytes.write(text, this.position, 'utf8');
    this.position += written;
    return written;
  }

  zeros(length: number): void {
    this.ensure(length);
    this.bytes.fill(0, this.position, this.position + length);
    this.position += length;
  }

  /** Puts a length in after what it counts was written. */
  patchUint32(at: number, value: number): void {
    this.bytes.writeUInt32BE(value >>> 0, at);
  }

  /** A view of what was written. */
  view(): Buffer {
    return this.bytes.subarray(0, this.position);
  }

  reset(): void {
    this.position = 0;
  }
}
