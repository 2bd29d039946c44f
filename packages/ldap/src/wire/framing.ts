// RFC 4511 §5.1: BER with definite lengths only; an LDAPMessage is a SEQUENCE.
import { type FrameLength, NEED_MORE, WireError } from '@wirelike/kernel';

const SEQUENCE = 0x30;
/** liblber takes lengths of at most four bytes. */
const LENGTH_BYTES_MAX = 4;

/** Cuts the input into LDAPMessages of at most `max_bytes`; beyond, slapd hangs up as soon as it has seen the length. */
export function messageLength(max_bytes: number): FrameLength {
  return (bytes, start, end) => {
    if (bytes[start] !== SEQUENCE) return new WireError(`a message starts with 0x30, not with 0x${(bytes[start] ?? 0).toString(16)}`);
    if (end - start < 2) return NEED_MORE;
    const first = bytes[start + 1] ?? 0;
    if (first < 0x80) return first + 2;
    const count = first & 0x7f;
    if (count === 0 || count > LENGTH_BYTES_MAX) return new WireError(`a length of ${count} bytes`);
    if (end - start < 2 + count) return NEED_MORE;
    let length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[start + 2 + index] ?? 0);
    if (length > max_bytes) return new WireError(`a message of ${length} bytes; the limit is ${max_bytes}`);
    return 2 + count + length;
  };
}
