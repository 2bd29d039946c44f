/** Text where the bytes are UTF-8, else the bytes (as in the model). */
export type Value = string | Uint8Array;

/** The universal tags that LDAP uses (X.690 §8). */
export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const ENUMERATED = 0x0a;
export const SEQUENCE = 0x30;
export const SET = 0x31;

const REPLACEMENT = '\ufffd';

/**
 * Reads BER from a window of a buffer: one cursor, which {@link enter} narrows to an element's content
 * and {@link leave} widens again. Like the kernel's Reader it never throws and never reads beyond its
 * window: what is not there yields zero or nothing and sets {@link failed}.
 */
export class BerReader {
  readonly #bytes: Buffer;
  #position: number;
  #end: number;
  #failed = false;

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Whether there is more in this window. */
  get more(): boolean {
    return this.#position < this.#end;
  }

  fail(): void {
    this.#failed = true;
    this.#position = this.#end;
  }

  /** The next element's tag, without reading it; -1 at the end. */
  get tag(): number {
    return this.#position < this.#end ? (this.#bytes[this.#position] ?? -1) : -1;
  }

  /** Narrows the window to the content of the next element, which must have this tag. Give the result to {@link leave}. */
  enter(tag: number): number {
    const length = this.#header(tag);
    const outer = this.#end;
    if (!this.#failed) this.#end = this.#position + length;
    return outer;
  }

  /** Back to the window before {@link enter}, after its element. What was left in it is skipped. */
  leave(outer: number): void {
    if (this.#failed) return;
    this.#position = this.#end;
    this.#end = outer;
  }

  integer(tag: number = INTEGER): number {
    const length = this.#header(tag);
    if (length < 1 || length > 4) this.fail();
    if (this.#failed) return 0;
    const value = this.#bytes.readIntBE(this.#position, length);
    this.#position += length;
    return value;
  }

  boolean(tag: number = BOOLEAN): boolean {
    const length = this.#header(tag);
    if (length !== 1) this.fail();
    return this.#failed ? false : this.#bytes[this.#position++] !== 0;
  }

  /** An octet string. Copied: it outlives the input. */
  value(tag: number = OCTET_STRING): Value {
    const length = this.#header(tag);
    if (this.#failed) return '';
    const start = this.#position;
    this.#position += length;
    const text = this.#bytes.toString('utf8', start, this.#position);
    // A replacement character is either in the bytes or stands for some that are not UTF-8.
    if (text.includes(REPLACEMENT) && !Buffer.from(text, 'utf8').equals(this.#bytes.subarray(start, this.#position))) {
      return Uint8Array.from(this.#bytes.subarray(start, this.#position));
    }
    return text;
  }

  /** An octet string as bytes. Copied. */
  octets(tag: number = OCTET_STRING): Buffer {
    const length = this.#header(tag);
    const start = this.#position;
    if (!this.#failed) this.#position += length;
    return Buffer.from(this.#bytes.subarray(start, this.#position));
  }

  /** An LDAPString (RFC 4511 §4.1.2). Bytes that are not UTF-8 become a text that is no name of anything. */
  text(tag: number = OCTET_STRING): string {
    const value = this.value(tag);
    return typeof value === 'string' ? value : REPLACEMENT;
  }

  skip(): void {
    const length = this.#header(this.tag);
    if (!this.#failed) this.#position += length;
  }

  /** Reads tag and length; the content is then at the cursor and within the window. */
  #header(tag: number): number {
    const bytes = this.#bytes;
    if (this.#end - this.#position < 2 || bytes[this.#position] !== tag) {
      this.fail();
      return 0;
    }
    let length = bytes[this.#position + 1] ?? 0;
    let start = this.#position + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || start + count > this.#end) {
        this.fail();
        return 0;
      }
      length = bytes.readUIntBE(start, count);
      start += count;
    }
    if (length > this.#end - start) {
      this.fail();
      return 0;
    }
    this.#position = start;
    return length;
  }
}
