/** `0000  41 4d 51 50 00 00 09 01                          AMQP....` */
export function hexdump(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  const lines: string[] = [];
  const stop = Math.min(end, bytes.length);
  for (let offset = start; offset < stop; offset += 16) {
    const row = bytes.subarray(offset, Math.min(offset + 16, stop));
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${(offset - start).toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
