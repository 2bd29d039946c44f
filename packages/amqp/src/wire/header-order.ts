import { readUint16, readUint32 } from './frame.ts';
import { FLAG_CONTENT_ENCODING, FLAG_CONTENT_TYPE, FLAG_HEADERS, skipField } from './properties.ts';

/**
 * Sorts the headers within properties (their flags at `start`) by name, where they are: RabbitMQ's message containers
 * do (mc_amqpl:protocol_state/2). The properties must be sound. Most clients' headers are in order already, or few.
 */
export function sortHeaders(bytes: Buffer, start: number, end: number): void {
  const flags = readUint16(bytes, start);
  if ((flags & FLAG_HEADERS) === 0) return;
  let at = start + 2;
  if ((flags & FLAG_CONTENT_TYPE) !== 0) at += 1 + (bytes[at] ?? 0);
  if ((flags & FLAG_CONTENT_ENCODING) !== 0) at += 1 + (bytes[at] ?? 0);
  const first = at + 4;
  const last = first + readUint32(bytes, at);
  if (last <= end && !areSorted(bytes, first, last)) sort(bytes, first, last);
}

function areSorted(bytes: Buffer, first: number, last: number): boolean {
  let previous = first;
  for (let at = first; at < last; at = fieldEnd(bytes, at, last)) {
    if (compareNames(bytes, previous, at) > 0) return false;
    previous = at;
  }
  return true;
}

/** Fields of the same name stay in their order. */
function sort(bytes: Buffer, first: number, last: number): void {
  const source = Buffer.from(bytes.subarray(first, last));
  const fields: { readonly at: number; readonly end: number }[] = [];
  for (let at = 0; at < source.length; ) {
    const end = fieldEnd(source, at, source.length);
    fields.push({ at, end });
    at = end;
  }
  fields.sort((one, other) => compareNames(source, one.at, other.at));
  let to = first;
  for (const { at, end } of fields) {
    source.copy(bytes, to, at, end);
    to += end - at;
  }
}

function fieldEnd(bytes: Buffer, at: number, last: number): number {
  return skipField(bytes, at + 1 + (bytes[at] ?? 0), last, 0);
}

/** As Erlang compares binaries: byte by byte, and the shorter first. */
function compareNames(bytes: Buffer, one: number, other: number): number {
  const [oneLength, otherLength] = [bytes[one] ?? 0, bytes[other] ?? 0];
  const shared = Math.min(oneLength, otherLength);
  for (let index = 1; index <= shared; index++) {
    const difference = (bytes[one + index] ?? 0) - (bytes[other + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return oneLength - otherLength;
}
