import { isUtf8 } from 'node:buffer';
import { Reader, type Writer } from '@wirelike/kernel';
import type { Table } from './field.ts';
import { readWholeTable, writeLongString, writeShortString, writeTable } from './field-table.ts';
import { FRAME_END, FRAME_METHOD } from './frame.ts';
import { type Domain, METHODS, type MethodName, type MethodSpec } from './methods.ts';

interface DomainValues {
  readonly bit: boolean;
  readonly octet: number;
  readonly short: number;
  readonly long: number;
  readonly longlong: number;
  readonly shortstr: string;
  readonly text: string | Uint8Array;
  readonly longstr: Uint8Array;
  readonly table: Table;
}

type FieldsOf<F extends Readonly<Record<string, Domain>>> = { readonly [K in keyof F]: DomainValues[F[K]] };

/** The fields of a method, by name. */
export type Fields<N extends MethodName> = FieldsOf<(typeof METHODS)[N]['fields']>;

type Value = boolean | number | string | Uint8Array | Table;

const NAMES = new Map<number, MethodName>();
/** The fields of each method in their order. */
const FIELDS = new Map<MethodName, readonly (readonly [string, Domain])[]>();
for (const name of methodNames()) {
  NAMES.set(key(METHODS[name].class, METHODS[name].id), name);
  FIELDS.set(name, Object.entries(METHODS[name].fields));
}

export function methodNames(): readonly MethodName[] {
  return Object.keys(METHODS).filter(isMethodName);
}

function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}

/** The method of a method frame's payload, which starts with its class and number. */
export function methodNameOf(classId: number, methodId: number): MethodName | undefined {
  return NAMES.get(key(classId, methodId));
}

export function methodSpec(name: MethodName): MethodSpec {
  return METHODS[name];
}

function key(classId: number, methodId: number): number {
  return classId * 0x1_0000 + methodId;
}

/** The fields end too early or too late; a shortstr is not UTF-8; a table has something in it that can't be read. */
export type Malformed = 'malformed' | 'not-utf8' | 'unreadable';

/** Decodes the fields behind a method's class and number. */
export function decodeFields<N extends MethodName>(name: N, bytes: Buffer, start: number, end: number): Fields<N> | Malformed {
  const reader = new Reader(bytes, start, end);
  const spec = methodSpec(name);
  const values: Record<string, Value> = {};
  let bits = 0;
  let octet = 0;
  let problem: Malformed | undefined;
  for (const [field, domain] of FIELDS.get(name) ?? []) {
    if (domain === 'bit') {
      if (bits % 8 === 0) octet = reader.uint8();
      values[field] = ((octet >> (bits % 8)) & 1) === 1;
      bits += 1;
    } else {
      bits = 0;
      // RabbitMQ does not look at the texts of methods with content (rabbit_common's codegen.py).
      if ((domain === 'shortstr' || domain === 'text') && !spec.content && !isText(bytes, reader)) problem ??= 'not-utf8';
      const value = readValue(reader, domain);
      if (value === undefined) problem ??= 'unreadable';
      else values[field] = value;
    }
  }
  if (reader.failed || reader.remaining > 0) return 'malformed';
  if (problem !== undefined) return problem;
  return hasFields(name, values) ? values : 'malformed';
}

/** Whether the shortstr that comes next is UTF-8. */
function isText(bytes: Buffer, { position, remaining }: Reader): boolean {
  const length = remaining === 0 ? 0 : (bytes[position] ?? 0);
  return length >= remaining || isUtf8(bytes.subarray(position + 1, position + 1 + length));
}

function hasFields<N extends MethodName>(name: N, values: object): values is Fields<N> {
  for (const field in METHODS[name].fields) if (!(field in values)) return false;
  return true;
}

/** Nothing for a table that is as long as it says and can't be read. */
function readValue(reader: Reader, domain: Exclude<Domain, 'bit'>): Value | undefined {
  switch (domain) {
    case 'octet':
      return reader.uint8();
    case 'short':
      return reader.uint16();
    case 'long':
      return reader.uint32();
    case 'longlong':
      return Number(reader.uint64());
    case 'shortstr':
    case 'text':
      return reader.utf8(reader.uint8());
    case 'longstr':
      return new Uint8Array(reader.view(reader.uint32()));
    case 'table':
      return readWholeTable(reader);
  }
}

/** Writes a whole method frame. */
export function writeMethod<N extends MethodName>(writer: Writer, channel: number, name: N, fields: Fields<N>): void {
  const spec = methodSpec(name);
  writer.uint8(FRAME_METHOD);
  writer.uint16(channel);
  const at = writer.position;
  writer.uint32(0);
  writer.uint16(spec.class);
  writer.uint16(spec.id);
  const values: Readonly<Record<string, unknown>> = fields;
  let bits = 0;
  let octet = 0;
  for (const [field, domain] of FIELDS.get(name) ?? []) {
    if (domain === 'bit') {
      if (bits === 8) {
        writer.uint8(octet);
        bits = 0;
        octet = 0;
      }
      if (values[field] === true) octet |= 1 << bits;
      bits += 1;
      continue;
    }
    if (bits > 0) writer.uint8(octet);
    bits = 0;
    octet = 0;
    writeValue(writer, domain, values[field]);
  }
  if (bits > 0) writer.uint8(octet);
  writer.patchUint32(at, writer.position - at - 4);
  writer.uint8(FRAME_END);
}

function writeValue(writer: Writer, domain: Exclude<Domain, 'bit'>, value: unknown): void {
  if (typeof value === 'number') writeNumber(writer, domain, value);
  else if (typeof value === 'string' || value instanceof Uint8Array) {
    if (domain === 'longstr') writeLongString(writer, value);
    else writeShortString(writer, value);
  } else if (value instanceof Map) writeTable(writer, value);
}

function writeNumber(writer: Writer, domain: Domain, value: number): void {
  if (domain === 'octet') writer.uint8(value);
  else if (domain === 'short') writer.uint16(value);
  else if (domain === 'long') writer.uint32(value);
  else writer.uint64(BigInt(value));
}
