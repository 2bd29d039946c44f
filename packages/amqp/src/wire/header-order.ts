import { header_properties_offset } from './content.ts';
import { frame_overhead_bytes, readUint16, readUint32 } from './frame.ts';
import { FLAG_CONTENT_ENCODING, FLAG_CONTENT_TYPE, FLAG_HEADERS, skipField } from './properties.ts';

/**
 * Sorts the headers within properties (their flags at `start`) by name, where they are: RabbitMQ's message containers
 * do (mc_amqpl:protocol_state/2). Of those with the same name the first stays, and the type `L` is written as `l`.
 * The properties must be sound. Most clients' headers are in order already, or few.
 *
 * Returns where the properties start now, which is later if something fell out: what did is then in front of them.
 */
export function sortHeaders(bytes: Buffer, start: number, end: number): number {
  const flags = readUint16(bytes, start);
  if ((flags & FLAG_HEADERS) === 0) return start;
  let at = start + 2;
  if ((flags & FLAG_CONTENT_TYPE) !== 0) at += 1 + (bytes[at] ?? 0);
  if ((flags & FLAG_CONTENT_ENCODING) !== 0) at += 1 + (bytes[at] ?? 0);
  const first = at + 4;
  const last = first + readUint32(bytes, at);
  if (last > end || areSorted(bytes, first, last)) return start;
  const fallen = sort(bytes, first, last);
  const dropped = fallen.length;
  if (dropped === 0) return start;
  bytes.copyWithin(start + dropped, start, first);
  bytes.writeUInt32BE(last - first - dropped, at + dropped);
  fallen.copy(bytes, start);
  return start + dropped;
}

/** As {@link sortHeaders}, of a content header frame. Returns where the frame starts now. */
export function sortedHeader(bytes: Buffer, start: number, end: number): number {
  const properties = start + header_properties_offset;
  const dropped = sortHeaders(bytes, properties, end - 1) - properties;
  if (dropped === 0) return start;
  const fallen = Buffer.from(bytes.subarray(properties, properties + dropped));
  bytes.copyWithin(start + dropped, start, properties);
  fallen.copy(bytes, start);
  bytes.writeUInt32BE(end - start - dropped - frame_overhead_bytes, start + dropped + 3);
  return start + dropped;
}

function areSorted(bytes: Buffer, first: number, last: number): boolean {
  let sorted = true;
  let previous = -1;
  for (let at = first; at < last; ) {
    if (previous >= 0 && compareNames(bytes, previous, at) >= 0) sorted = false;
    previous = at;
    at = relabel(bytes, at + 1 + (bytes[at] ?? 0), last);
  }
  return sorted;
}

/** Writes `l` for each `L` in the field at `at`: to RabbitMQ both mean the same. Returns where the field ends. */
function relabel(bytes: Buffer, at: number, end: number): number {
  const type = bytes[at];
  if (type === LETTER_L) bytes[at] = LETTER_SMALL_L;
  if (type !== LETTER_A && type !== LETTER_F) return skipField(bytes, at, end, 0);
  const last = at + 5 + readUint32(bytes, at + 1);
  for (let item = at + 5; item < last; ) item = relabel(bytes, type === LETTER_F ? item + 1 + (bytes[item] ?? 0) : item, end);
  return last;
}

const [LETTER_A, LETTER_F, LETTER_L, LETTER_SMALL_L] = [0x41, 0x46, 0x4c, 0x6c];

/** Leaves room at the front for what fell out, and returns that, the last first. */
function sort(bytes: Buffer, first: number, last: number): Buffer {
  const source = Buffer.from(bytes.subarray(first, last));
  const fields: { readonly at: number; readonly end: number }[] = [];
  for (let at = 0; at < source.length; ) {
    const end = fieldEnd(source, at, source.length);
    fields.push({ at, end });
    at = end;
  }
  fields.sort((one, other) => compareNames(source, one.at, other.at));
  const isFirst = fields.map(({ at }, place) => place === 0 || compareNames(source, fields[place - 1]?.at ?? 0, at) !== 0);
  const later = fields.flatMap(({ at, end }, place) => (isFirst[place] === true ? [] : [source.subarray(at, end)]));
  const fallen = Buffer.concat(later.reverse());
  let to = first + fallen.length;
  for (const [place, { at, end }] of fields.entries()) {
    if (isFirst[place] !== true) continue;
    source.copy(bytes, to, at, end);
    to += end - at;
  }
  return fallen;
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
