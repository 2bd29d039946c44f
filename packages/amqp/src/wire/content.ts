import type { Writer } from '@wirelike/kernel';
import {
  CLASS_BASIC,
  FRAME_BODY,
  FRAME_END,
  FRAME_HEADER,
  FRAME_METHOD,
  frame_header_bytes,
  readUint16,
  readUint32,
  readUint64,
} from './frame.ts';

/*
 * The hot frames, straight-line. The table in methods.ts says the same; the tests hold them against it.
 *
 * A content that arrives as one header frame and at most one body frame is kept as those bytes: delivering
 * it copies them and puts the consumer's channel number in, nothing is decoded or built again.
 */

export const PUBLISH: number = (CLASS_BASIC << 16) | 40;
export const ACK: number = (CLASS_BASIC << 16) | 80;

/** Class and number of the method in the frame at `start`. */
export function methodKey(bytes: Buffer, start: number): number {
  return readUint32(bytes, start + frame_header_bytes);
}

/** A header frame's payload before the properties: class (2), weight (2), body size (8). */
export const content_header_bytes = 12;

/**
 * Where the address of the basic.publish frame ends. It begins 13 bytes into the frame: exchange and routing
 * key, two shortstrs, which basic.deliver has in the same order. 0 if the frame is malformed.
 */
export function publishAddressEnd(bytes: Buffer, start: number, end: number): number {
  let at = start + publish_address_offset;
  // One octet of flags and the end octet follow.
  const last = end - 2;
  at += 1 + (bytes[at] ?? 0);
  if (at >= last) return 0;
  at += 1 + (bytes[at] ?? 0);
  return at === last ? at : 0;
}

/** Frame header (7), class (2), method (2), ticket (2). */
export const publish_address_offset = 13;

/** A whole basic.ack frame has this length: delivery tag (8) and flags (1). */
export const ack_frame_bytes = 21;

export function ackTag(bytes: Buffer, start: number): number {
  return readUint64(bytes, start + 11);
}

export function ackMultiple(bytes: Buffer, start: number): boolean {
  return ((bytes[start + 19] ?? 0) & 1) === 1;
}

/** basic.ack from the broker: a confirm. */
export function writeAck(writer: Writer, channel: number, tag: number, multiple: boolean): void {
  writer.ensure(ack_frame_bytes);
  const { bytes } = writer;
  let at = writer.position;
  bytes[at++] = FRAME_METHOD;
  bytes[at++] = channel >>> 8;
  bytes[at++] = channel;
  bytes[at++] = 0;
  bytes[at++] = 0;
  bytes[at++] = 0;
  bytes[at++] = 13;
  bytes[at++] = 0;
  bytes[at++] = CLASS_BASIC;
  bytes[at++] = 0;
  bytes[at++] = 80;
  at = putUint64(bytes, at, tag);
  bytes[at++] = multiple ? 1 : 0;
  bytes[at++] = FRAME_END;
  writer.position = at;
}

/**
 * The basic.deliver frame. `tag` is the consumer tag with its length in front, `address` exchange and routing
 * key likewise.
 */
export function writeDeliver(writer: Writer, channel: number, tag: Buffer, delivery: number, redelivered: boolean, address: Buffer): void {
  const size = 4 + tag.length + 9 + address.length;
  writer.ensure(frame_header_bytes + size + 1);
  const { bytes } = writer;
  let at = writer.position;
  bytes[at++] = FRAME_METHOD;
  bytes[at++] = channel >>> 8;
  bytes[at++] = channel;
  bytes[at++] = 0;
  bytes[at++] = 0;
  bytes[at++] = size >>> 8;
  bytes[at++] = size;
  bytes[at++] = 0;
  bytes[at++] = CLASS_BASIC;
  bytes[at++] = 0;
  bytes[at++] = 60;
  at = copy(tag, 0, tag.length, bytes, at);
  at = putUint64(bytes, at, delivery);
  bytes[at++] = redelivered ? 1 : 0;
  at = copy(address, 0, address.length, bytes, at);
  bytes[at++] = FRAME_END;
  writer.position = at;
}

/** What a content header frame says. */
export function headerClass(bytes: Buffer, start: number): number {
  return readUint16(bytes, start + frame_header_bytes);
}

export function headerWeight(bytes: Buffer, start: number): number {
  return readUint16(bytes, start + frame_header_bytes + 2);
}

export function headerBodySize(bytes: Buffer, start: number): number {
  return readUint64(bytes, start + frame_header_bytes + 4);
}

/** Where the properties (their flags first) begin in a header frame. */
export const header_properties_offset: number = frame_header_bytes + content_header_bytes;

/** Copies a header frame and the body frame behind it (if `end` is beyond the header frame), for another channel. */
export function copyContent(writer: Writer, channel: number, source: Buffer, start: number, headerEnd: number, end: number): void {
  const length = end - start;
  writer.ensure(length);
  const { bytes, position } = writer;
  copy(source, start, end, bytes, position);
  putChannels(bytes, channel, position, headerEnd - start, length);
  writer.position = position + length;
}

/** As {@link copyContent}, from a text with one character for each byte. */
export function copyContentText(writer: Writer, channel: number, source: string, headerEnd: number): void {
  const { length } = source;
  writer.ensure(length);
  const { bytes, position } = writer;
  bytes.write(source, position, length, 'latin1');
  putChannels(bytes, channel, position, headerEnd, length);
  writer.position = position + length;
}

function putChannels(bytes: Buffer, channel: number, position: number, headerLength: number, length: number): void {
  bytes[position + 1] = channel >>> 8;
  bytes[position + 2] = channel;
  if (length === headerLength) return;
  bytes[position + headerLength + 1] = channel >>> 8;
  bytes[position + headerLength + 2] = channel;
}

/** A content header frame over properties that are encoded already. */
export function writeHeader(writer: Writer, channel: number, bodySize: number, properties: Uint8Array): void {
  writer.uint8(FRAME_HEADER);
  writer.uint16(channel);
  writer.uint32(content_header_bytes + properties.length);
  writer.uint16(CLASS_BASIC);
  writer.uint16(0);
  writer.uint32(Math.floor(bodySize / 0x1_0000_0000));
  writer.uint32(bodySize % 0x1_0000_0000);
  writer.copy(properties);
  writer.uint8(FRAME_END);
}

/** The 7 octets before a body frame's payload; the payload and {@link FRAME_END} are the caller's. */
export function writeBodyStart(writer: Writer, channel: number, length: number): void {
  writer.uint8(FRAME_BODY);
  writer.uint16(channel);
  writer.uint32(length);
}

function putUint64(bytes: Buffer, start: number, value: number): number {
  let at = start;
  if (value < 0x1_0000_0000) {
    bytes[at++] = 0;
    bytes[at++] = 0;
    bytes[at++] = 0;
    bytes[at++] = 0;
  } else {
    const high = Math.floor(value / 0x1_0000_0000);
    bytes[at++] = high >>> 24;
    bytes[at++] = high >>> 16;
    bytes[at++] = high >>> 8;
    bytes[at++] = high;
  }
  bytes[at++] = value >>> 24;
  bytes[at++] = value >>> 16;
  bytes[at++] = value >>> 8;
  bytes[at++] = value;
  return at;
}

/** Below this a loop is faster than the call into the runtime. */
const copy_loop_max_bytes = 96;

function copy(source: Buffer, start: number, end: number, target: Buffer, position: number): number {
  let at = position;
  if (end - start <= copy_loop_max_bytes) {
    for (let from = start; from < end; from++) target[at++] = source[from] ?? 0;
    return at;
  }
  source.copy(target, at, start, end);
  return at + end - start;
}

export function sameBytes(one: Buffer, start: number, end: number, other: Buffer): boolean {
  if (end - start !== other.length) return false;
  for (let index = 0; index < other.length; index++) if (one[start + index] !== other[index]) return false;
  return true;
}
