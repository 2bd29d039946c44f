import { DumpError } from '@wirelike/kernel';
import type { Field, Table } from './field-table.ts';
import type { BasicProperties } from './message.ts';

/** A field in JSON: its type letter and its value; big integers and bytes as text. */
export type DumpedField = readonly [string, unknown];
export type DumpedTable = readonly (readonly [string, DumpedField])[];

export function dumpTable(table: Table): DumpedTable {
  return Array.from(table, ([name, field]) => [name, dumpField(field)] as const);
}

export function loadTable(value: unknown): Table {
  return new Map(list(value).map((item) => [word(list(item)[0]), loadField(list(item)[1])]));
}

export function dumpField(field: Field): DumpedField {
  switch (field.type) {
    case 'l':
    case 'L':
    case 'T':
      return [field.type, field.value.toString()];
    case 'D':
      return [field.type, [field.value.scale, field.value.unscaled]];
    case 'S':
      return [field.type, typeof field.value === 'string' ? field.value : { base64: base64(field.value) }];
    case 'x':
      return [field.type, base64(field.value)];
    case 'F':
      return [field.type, dumpTable(field.value)];
    case 'A':
      return [field.type, field.value.map(dumpField)];
    case 'V':
      return [field.type, null];
    default:
      return [field.type, field.value];
  }
}

export function loadField(dumped: unknown): Field {
  const [type, value] = list(dumped);
  switch (type) {
    case 't':
      return { type, value: value === true };
    case 'b':
    case 'B':
    case 's':
    case 'u':
    case 'I':
    case 'i':
    case 'f':
    case 'd':
      return { type, value: number(value) };
    case 'l':
    case 'L':
    case 'T':
      return { type, value: integer(value) };
    case 'D':
      return { type, value: { scale: number(list(value)[0]), unscaled: number(list(value)[1]) } };
    case 'S':
      return { type, value: typeof value === 'string' ? value : bytes(record(value).base64) };
    case 'x':
      return { type, value: bytes(value) };
    case 'F':
      return { type, value: loadTable(value) };
    case 'A':
      return { type, value: list(value).map(loadField) };
    case 'V':
      return { type, value: undefined };
    default:
      throw new DumpError(`no field type ${String(type)}`);
  }
}

export function dumpProperties({ headers, timestamp, ...rest }: BasicProperties): Record<string, unknown> {
  return {
    ...rest,
    ...(headers === undefined ? {} : { headers: dumpTable(headers) }),
    ...(timestamp === undefined ? {} : { timestamp: timestamp.toString() }),
  };
}

export function loadProperties(value: unknown): BasicProperties {
  const { headers, timestamp, deliveryMode, priority, ...words } = record(value);
  const texts = Object.entries(words).map(([name, text]) => [name, word(text)] as const);
  return {
    ...Object.fromEntries(texts),
    ...(headers === undefined ? {} : { headers: loadTable(headers) }),
    ...(timestamp === undefined ? {} : { timestamp: integer(timestamp) }),
    ...(deliveryMode === undefined ? {} : { deliveryMode: number(deliveryMode) }),
    ...(priority === undefined ? {} : { priority: number(priority) }),
  };
}

export function base64(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
}

export function bytes(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(word(value), 'base64'));
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : misfit('a list', value);
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return misfit('an object', value);
  return Object.fromEntries(Object.entries(value));
}

export function word(value: unknown): string {
  return typeof value === 'string' ? value : misfit('a string', value);
}

export function number(value: unknown): number {
  return typeof value === 'number' ? value : misfit('a number', value);
}

export function flag(value: unknown): boolean {
  return typeof value === 'boolean' ? value : misfit('true or false', value);
}

function integer(value: unknown): bigint {
  const text = word(value);
  return /^-?\d+$/.test(text) ? BigInt(text) : misfit('an integer', value);
}

function misfit(expected: string, found: unknown): never {
  throw new DumpError(`expected ${expected}, found ${JSON.stringify(found) ?? 'nothing'}`);
}
