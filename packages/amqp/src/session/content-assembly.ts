import { FRAME_BODY, FRAME_END, frame_header_bytes } from '../wire/frame.ts';

/**
 * A content whose body comes in several frames, or not right behind its header: collected as one header frame and
 * one body frame, the form that deliveries copy. Grows as bytes arrive, so a size that was only claimed costs little.
 */
export class ContentAssembly {
  bytes: Buffer;
  /** Where the header frame ends. */
  readonly headerEnd: number;
  readonly #total: number;
  #position: number;

  constructor(source: Buffer, start: number, headerEnd: number, bodySize: number) {
    this.headerEnd = headerEnd - start;
    this.#total = this.headerEnd + frame_header_bytes + bodySize + 1;
    this.bytes = Buffer.allocUnsafeSlow(Math.min(this.#total, this.headerEnd + assembly_initial_bytes));
    source.copy(this.bytes, 0, start, headerEnd);
    this.#position = this.headerEnd + frame_header_bytes;
    this.bytes[this.headerEnd] = FRAME_BODY;
    source.copy(this.bytes, this.headerEnd + 1, start + 1, start + 3);
    this.bytes.writeUInt32BE(bodySize, this.headerEnd + 3);
  }

  /** Bytes held. */
  get size(): number {
    return this.bytes.length;
  }

  append(source: Buffer, start: number, end: number): void {
    const needed = this.#position + end - start + 1;
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#total, Math.max(needed, this.bytes.length * 2, assembly_grown_min_bytes)));
      this.bytes.copy(grown, 0, 0, this.#position);
      this.bytes = grown;
    }
    source.copy(this.bytes, this.#position, start, end);
    this.#position += end - start;
  }

  /** All of the body is here. */
  finish(): void {
    this.bytes[this.#position] = FRAME_END;
  }
}

const assembly_initial_bytes = 16_384;

/** More than a frame came: most bodies of that kind get all of their memory now, and are not copied again. */
const assembly_grown_min_bytes = 1_048_576;
