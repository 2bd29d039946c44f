const MEBIBYTE = 1_048_576;

/** What reaches a port sooner or later: other protocols, noise, and the given beginnings of messages that announce too much. */
export function garbage(oversized: readonly Uint8Array[] = []): readonly (readonly [string, Uint8Array])[] {
  return [
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n')],
    ['a TLS hello', TLS_HELLO],
    ['a million zero bytes', Buffer.alloc(1_000_000)],
    ['a million bytes of 0xff', Buffer.alloc(1_000_000, 0xff)],
    ...oversized.map((bytes, index) => [`oversized message ${index}`, bytes] as const),
    // Whoever waits for 4 GiB after such a length must not collect them.
    ...oversized.map(
      (bytes, index) => [`oversized message ${index} and a mebibyte`, Buffer.concat([bytes, Buffer.alloc(MEBIBYTE)])] as const,
    ),
  ];
}

/** The record and handshake headers of a TLS 1.2 ClientHello (RFC 5246 §7.4.1.2), and enough of its body. */
const TLS_HELLO: Buffer = Buffer.concat([
  Buffer.from('16030100c8010000c40303', 'hex'),
  Buffer.alloc(32, 0x5a),
  Buffer.from('000002c02f0100', 'hex'),
  Buffer.alloc(155, 0x11),
]);
