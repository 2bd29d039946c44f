import { Reader, type Writer } from '@wirelike/kernel';
import { table_depth_max_levels } from '../limits.ts';
import type { Field, Table } from './field.ts';
import { readTable, writeShortString, writeTable } from './field-table.ts';
import { readUint16, readUint32 } from './frame.ts';

/** The properties of the basic class in the order of their flags, bit 15 first (AMQP 0-9-1 §4.2.6.1, §1.8). */
const PROPERTIES = [
  ['contentType', 'shortstr'],
  ['contentEncoding', 'shortstr'],
  ['headers', 'table'],
  ['deliveryMode', 'octet'],
  ['priority', 'octet'],
  ['correlationId', 'shortstr'],
  ['replyTo', 'shortstr'],
  ['expiration', 'shortstr'],
  ['messageId', 'shortstr'],
  ['timestamp', 'timestamp'],
  ['type', 'shortstr'],
  ['userId', 'shortstr'],
  ['appId', 'shortstr'],
  ['clusterId', 'shortstr'],
] as const;

/** Flags of the properties that a broker looks at when it routes and stores. */
export const FLAG_CONTENT_TYPE: number = 1 << 15;
export const FLAG_CONTENT_ENCODING: number = 1 << 14;
export const FLAG_HEADERS: number = 1 << 13;
export const FLAG_DELIVERY_MODE: number = 1 << 12;
export const FLAG_PRIORITY: number = 1 << 11;
export const FLAG_REPLY_TO: number = 1 << 9;
export const FLAG_EXPIRATION: number = 1 << 8;
export const FLAG_USER_ID: number = 1 << 4;

export interface Properties {
  contentType?: string;
  contentEncoding?: string;
  headers?: Table;
  deliveryMode?: number;
  priority?: number;
  correlationId?: string;
  replyTo?: string;
  expiration?: string;
  messageId?: string;
  timestamp?: bigint;
  type?: string;
  userId?: string;
  appId?: string;
  clusterId?: string;
}

/** From the flags to the end of the last property. `undefined` if the bytes are anything else. */
export function decodeProperties(bytes: Buffer, start: number, end: number): Properties | undefined {
  const reader = new Reader(bytes, start, end);
  const properties: Properties = {};
  const flags = reader.uint16();
  for (const [index, [name, domain]] of PROPERTIES.entries()) {
    if ((flags & (0x8000 >> index)) === 0) continue;
    if (domain === 'table') properties[name] = readTable(reader);
    else if (domain === 'octet') properties[name] = reader.uint8();
    else if (domain === 'timestamp') properties[name] = reader.uint64();
    else properties[name] = reader.utf8(reader.uint8());
  }
  return reader.failed || reader.remaining > 0 ? undefined : properties;
}

/** The flags and the properties that are present. */
export function writeProperties(writer: Writer, properties: Properties): void {
  const at = writer.position;
  let flags = 0;
  writer.uint16(0);
  for (const [index, [name, domain]] of PROPERTIES.entries()) {
    const present = writeProperty(writer, properties, name, domain);
    if (present) flags |= 0x8000 >> index;
  }
  writer.bytes.writeUInt16BE(flags, at);
}

function writeProperty(writer: Writer, properties: Properties, name: keyof Properties, domain: string): boolean {
  const value = properties[name];
  if (value === undefined) return false;
  if (typeof value === 'string') writeShortString(writer, value);
  else if (typeof value === 'bigint') writer.uint64(value);
  else if (typeof value === 'object') writeTable(writer, value);
  else if (domain === 'octet') writer.uint8(value);
  return true;
}

/**
 * Whether the bytes are properties, without decoding them: what a client sent goes to consumers as it is,
 * so it is checked once, when it is published. Allocates nothing.
 */
export function areProperties(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const flags = readUint16(bytes, start);
  let at = start + 2;
  // RabbitMQ pays no attention to the two lowest bits.
  if ((flags & 0xfffc) === 0) return at === end;
  for (const [index, [, domain]] of PROPERTIES.entries()) {
    if ((flags & (0x8000 >> index)) === 0) continue;
    if (domain === 'octet') at += 1;
    else if (domain === 'timestamp') at += 8;
    else if (at >= end) return false;
    else if (domain === 'shortstr') at += 1 + (bytes[at] ?? 0);
    else at = skipTable(bytes, at, end, 0);
    if (at > end) return false;
  }
  return at === end;
}

/** Behind the table at `at`, or beyond `end` if it is not one. */
function skipTable(bytes: Buffer, at: number, end: number, depth: number): number {
  const last = at + 4 + readUint32(bytes, at);
  if (at + 4 > end || last > end || depth > table_depth_max_levels) return end + 1;
  let position = at + 4;
  while (position < last) position = skipField(bytes, position + 1 + (bytes[position] ?? 0), last, depth);
  return position === last ? last : end + 1;
}

function skipArray(bytes: Buffer, at: number, end: number, depth: number): number {
  const last = at + 4 + readUint32(bytes, at);
  if (at + 4 > end || last > end || depth > table_depth_max_levels) return end + 1;
  let position = at + 4;
  while (position < last) position = skipField(bytes, position, last, depth);
  return position === last ? last : end + 1;
}

const FIXED: Readonly<Record<Exclude<Field['type'], 'S' | 'x' | 'F' | 'A'>, number>> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  f: 4,
  d: 8,
  l: 8,
  L: 8,
  D: 5,
  T: 8,
  V: 0,
};
const FIXED_BY_CODE = new Map(Object.entries(FIXED).map(([type, length]) => [type.charCodeAt(0), length]));

/** Behind the field at `at`, or beyond `end` if it is not one. */
export function skipField(bytes: Buffer, at: number, end: number, depth: number): number {
  if (at >= end) return end + 1;
  const type = bytes[at] ?? 0;
  if (type === 0x53 || type === 0x78) return at + 5 > end ? end + 1 : at + 5 + readUint32(bytes, at + 1);
  if (type === 0x46) return at + 5 > end ? end + 1 : skipTable(bytes, at + 1, end, depth + 1);
  if (type === 0x41) return at + 5 > end ? end + 1 : skipArray(bytes, at + 1, end, depth + 1);
  const length = FIXED_BY_CODE.get(type);
  return length === undefined || !isFiniteNumber(bytes, at) ? end + 1 : at + 1 + length;
}

/** Neither infinite nor NaN: those have all bits of the exponent set. */
function isFiniteNumber(bytes: Buffer, at: number): boolean {
  const [type, first, second] = [bytes[at], bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
  if (type !== 0x64 && type !== 0x66) return true;
  const exponent = type === 0x64 ? 0xf0 : 0x80;
  return (first & 0x7f) !== 0x7f || (second & exponent) !== exponent;
}
