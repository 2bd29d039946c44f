import { ByteSink, type ByteSource } from './bytes.ts';

/** A table's value with its type on the wire; the letters are those that RabbitMQ and its clients use. */
export type Field =
  | { readonly type: 't'; readonly value: boolean }
  | { readonly type: 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'f' | 'd'; readonly value: number }
  | { readonly type: 'l' | 'L' | 'T'; readonly value: bigint }
  | { readonly type: 'D'; readonly value: readonly [scale: number, unscaled: number] }
  | { readonly type: 'S'; readonly value: Uint8Array }
  | { readonly type: 'x'; readonly value: Uint8Array }
  | { readonly type: 'F'; readonly value: Table }
  | { readonly type: 'A'; readonly value: readonly Field[] }
  | { readonly type: 'V' }
  | { readonly type: 'unknown'; readonly value: string };

export type Table = readonly (readonly [string, Field])[];

/** What scenarios write for a field: the common types without ceremony. */
export type Plain = string | number | bigint | boolean | null | Field | readonly Plain[] | { readonly [key: string]: Plain };

const text = new TextEncoder();
const letters = new Set(['t', 'b', 'B', 's', 'u', 'I', 'i', 'f', 'd', 'l', 'L', 'T', 'D', 'S', 'x', 'F', 'A', 'V', 'unknown']);

function isField(value: object): value is Field {
  const type: unknown = Reflect.get(value, 'type');
  return typeof type === 'string' && letters.has(type) && Reflect.ownKeys(value).every((key) => key === 'type' || key === 'value');
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}

/** Strings become S, integers I (l from 2^31 on), bigints l, fractions d, null V, arrays A, objects F. */
export function field(value: Plain): Field {
  if (value === null) return { type: 'V' };
  switch (typeof value) {
    case 'string':
      return { type: 'S', value: text.encode(value) };
    case 'boolean':
      return { type: 't', value };
    case 'bigint':
      return { type: 'l', value };
    case 'number':
      if (!Number.isInteger(value)) return { type: 'd', value };
      return Math.abs(value) < 2 ** 31 ? { type: 'I', value } : { type: 'l', value: BigInt(value) };
    case 'object':
      if (isList(value)) return { type: 'A', value: value.map(field) };
      return isField(value) ? value : { type: 'F', value: table(value) };
  }
}

export function table(plain: { readonly [key: string]: Plain } | undefined): Table {
  return Object.entries(plain ?? {}).map(([key, value]): readonly [string, Field] => [key, field(value)]);
}

export function writeTable(sink: ByteSink, entries: Table): void {
  const inner = new ByteSink();
  for (const [key, value] of entries) {
    inner.shortString(key);
    writeField(inner, value);
  }
  sink.longString(inner.bytes());
}

function writeField(sink: ByteSink, field: Field): void {
  if (field.type === 'unknown') {
    sink.raw(text.encode(field.value));
    return;
  }
  sink.uint(field.type.charCodeAt(0), 1);
  switch (field.type) {
    case 't':
      sink.uint(field.value ? 1 : 0, 1);
      return;
    case 'b':
    case 'B':
      sink.uint(field.value & 0xff, 1);
      return;
    case 's':
    case 'u':
      sink.uint(field.value & 0xffff, 2);
      return;
    case 'I':
    case 'i':
      sink.uint(field.value >>> 0, 4);
      return;
    case 'f':
      sink.float(field.value, 4);
      return;
    case 'd':
      sink.float(field.value, 8);
      return;
    case 'l':
    case 'L':
    case 'T':
      sink.ulong(BigInt.asUintN(64, field.value));
      return;
    case 'D':
      sink.uint(field.value[0], 1);
      sink.uint(field.value[1] >>> 0, 4);
      return;
    case 'S':
    case 'x':
      sink.longString(field.value);
      return;
    case 'F':
      writeTable(sink, field.value);
      return;
    case 'A': {
      const inner = new ByteSink();
      for (const each of field.value) writeField(inner, each);
      sink.longString(inner.bytes());
      return;
    }
    case 'V':
      return;
  }
}

export function readTable(source: ByteSource): Table {
  const inner = source.inner(source.uint(4));
  const entries: (readonly [string, Field])[] = [];
  while (!inner.atEnd) entries.push([inner.shortString(), readField(inner)]);
  return entries;
}

function readField(source: ByteSource): Field {
  const type = String.fromCharCode(source.uint(1));
  switch (type) {
    case 't':
      return { type, value: source.uint(1) !== 0 };
    case 'b':
      return { type, value: (source.uint(1) << 24) >> 24 };
    case 'B':
      return { type, value: source.uint(1) };
    case 's':
      return { type, value: (source.uint(2) << 16) >> 16 };
    case 'u':
      return { type, value: source.uint(2) };
    case 'I':
      return { type, value: source.uint(4) | 0 };
    case 'i':
      return { type, value: source.uint(4) };
    case 'f':
      return { type, value: source.float(4) };
    case 'd':
      return { type, value: source.float(8) };
    case 'l':
    case 'L':
      return { type, value: BigInt.asIntN(64, source.ulong()) };
    case 'T':
      return { type, value: source.ulong() };
    case 'D':
      return { type, value: [source.uint(1), source.uint(4)] };
    case 'S':
    case 'x':
      return { type, value: source.take(source.uint(4)) };
    case 'F':
      return { type, value: readTable(source) };
    case 'A': {
      const inner = source.inner(source.uint(4));
      const items: Field[] = [];
      while (!inner.atEnd) items.push(readField(inner));
      return { type, value: items };
    }
    case 'V':
      return { type };
    default:
      throw new Error(`a field of type ${JSON.stringify(type)}`);
  }
}
