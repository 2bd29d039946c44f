const text = new TextEncoder();

/** Big-endian writing into a growing list of pieces. Slow and simple: it checks a fast one. */
export class ByteSink {
  readonly #pieces: Uint8Array[] = [];

  uint(value: number, size: 1 | 2 | 4): void {
    const piece = Buffer.alloc(size);
    piece.writeUIntBE(value, 0, size);
    this.#pieces.push(piece);
  }

  ulong(value: bigint): void {
    const piece = Buffer.alloc(8);
    piece.writeBigUInt64BE(value);
    this.#pieces.push(piece);
  }

  float(value: number, size: 4 | 8): void {
    const piece = Buffer.alloc(size);
    if (size === 4) piece.writeFloatBE(value);
    else piece.writeDoubleBE(value);
    this.#pieces.push(piece);
  }

  shortString(value: string | Uint8Array): void {
    const bytes = typeof value === 'string' ? text.encode(value) : value;
    if (bytes.length > 255) throw new Error(`a short string of ${bytes.length} bytes`);
    this.uint(bytes.length, 1);
    this.raw(bytes);
  }

  longString(value: string | Uint8Array): void {
    const bytes = typeof value === 'string' ? text.encode(value) : value;
    this.uint(bytes.length, 4);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}

/** Reads what a server sent; throws when it is not what the protocol says, which fails the scenario. */
export class ByteSource {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  uint(size: 1 | 2 | 4): number {
    const value = this.#bytes.readUIntBE(this.#at, size);
    this.#at += size;
    return value;
  }

  ulong(): bigint {
    const value = this.#bytes.readBigUInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  float(size: 4 | 8): number {
    const value = size === 4 ? this.#bytes.readFloatBE(this.#at) : this.#bytes.readDoubleBE(this.#at);
    this.#at += size;
    return value;
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error(`${length} bytes at ${this.#at} of ${this.#bytes.length}`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  inner(length: number): ByteSource {
    return new ByteSource(this.take(length));
  }

  shortString(): string {
    return this.take(this.uint(1)).toString();
  }
}
