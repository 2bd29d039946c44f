/**
 * An attribute value. Text wherever the bytes are UTF-8, whatever the attribute's syntax; bytes otherwise.
 * So equal values have equal forms, and nearly all of them are compact strings.
 */
export type Value = string | Uint8Array;

/** A key under which equal octets are equal; text never collides with bytes. */
export function octetKey(value: Value): string {
  return typeof value === 'string' ? value : `\u{10ffff}${Array.from(value, (byte) => String.fromCharCode(byte)).join('')}`;
}

export function isText(value: Value): value is string {
  return typeof value === 'string';
}
