import { sameBytes } from '../wire/content.ts';
import type { PublishAddress } from './wire-message.ts';

/** Slots in the book; a power of two. An address that finds its slot taken takes it over. */
const address_slots = 8_192;

/** RabbitMQ has no such thing; publishers that go round many routing keys are common, new keys in every message are not. */
const book: (PublishAddress | undefined)[] = new Array<PublishAddress | undefined>(address_slots).fill(undefined);

/**
 * The exchange and routing key at `start`, decoded once for all publishes to them. They are only names: all
 * connections share the book.
 */
export function addressAt(bytes: Buffer, start: number, end: number): PublishAddress {
  const slot = hash(bytes, start, end) & (address_slots - 1);
  const known = book[slot];
  if (known !== undefined && sameBytes(bytes, start, end, known.bytes)) return known;
  const address = decode(bytes, start, end);
  book[slot] = address;
  return address;
}

function decode(bytes: Buffer, start: number, end: number): PublishAddress {
  const keyStart = start + 1 + (bytes[start] ?? 0);
  // Not of the pool: a whole slab would live as long as one message with this address.
  const copy = Buffer.allocUnsafeSlow(end - start);
  bytes.copy(copy, 0, start, end);
  return {
    exchange: bytes.toString('utf8', start + 1, keyStart),
    routingKey: bytes.toString('utf8', keyStart + 1, end),
    bytes: copy,
  };
}

/** FNV-1a. */
function hash(bytes: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < end; at++) value = Math.imul(value ^ (bytes[at] ?? 0), 0x01000193);
  return value ^ (value >>> 15);
}
