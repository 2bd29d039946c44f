import { NEED_MORE } from '@wirelike/kernel';

/** AMQP 0-9-1 §4.2.2: `AMQP` and four octets. */
export const protocol_header_bytes = 8;

export const PROTOCOL_HEADER: Buffer = Buffer.from('AMQP\0\0\x09\x01', 'latin1');

/** What a client's first eight octets ask for. */
export type Greeting = '0-9-1' | '0-9' | '0-8' | 'unknown';

/**
 * The first eight octets, whatever they are.
 */
export function protocolHeaderLength(_bytes: Buffer, start: number, end: number): number {
  return end - start >= protocol_header_bytes ? protocol_header_bytes : NEED_MORE;
}

export function greetingOf(bytes: Buffer, start: number): Greeting {
  const text = bytes.toString('latin1', start, start + protocol_header_bytes);
  if (text === 'AMQP\0\0\x09\x01') return '0-9-1';
  // The second is what the text of 0-8 has, and some libraries sent.
  if (text === 'AMQP\x01\x01\x08\0' || text === 'AMQP\x01\x01\x09\x01') return '0-8';
  // The header of 0-9, which RabbitMQ treats as 0-9-1.
  if (text === 'AMQP\x01\x01\0\x09') return '0-9';
  return 'unknown';
}
