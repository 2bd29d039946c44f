import { isUtf8 } from 'node:buffer';
import { Reader, type Writer } from '@wirelike/kernel';
import { table_depth_max_levels } from '../limits.ts';
import type { Field, Table } from './field.ts';

/** The whole of `bytes` from `start` to `end` is a table's fields, without the length in front. */
export function decodeTable(bytes: Buffer, start: number, end: number): Table | undefined {
  const reader = new Reader(bytes, start, end);
  const table = readFields(reader, end - start, 0);
  return reader.failed ? undefined : table;
}

/** As {@link readTable}, but what is wrong inside of the table does not fail the reader. */
export function readWholeTable(reader: Reader): Table | undefined {
  const bytes = reader.view(reader.uint32());
  return decodeTable(bytes, 0, bytes.length);
}

/** A table with its length in front. */
export function readTable(reader: Reader): Table {
  return readFields(reader, reader.uint32(), 0);
}

/** Writes `table` with its length in front. */
export function writeTable(writer: Writer, table: Table): void {
  const at = writer.position;
  writer.uint32(0);
  for (const [name, field] of table) {
    writeShortString(writer, name);
    writeField(writer, field);
  }
  writer.patchUint32(at, writer.position - at - 4);
}

function readFields(reader: Reader, length: number, depth: number): Table {
  const table = new Map<string, Field>();
  const rest = reader.remaining - length;
  if (rest < 0 || depth > table_depth_max_levels) {
    reader.fail();
    return table;
  }
  while (reader.remaining > rest) {
    const name = reader.utf8(reader.uint8());
    const field = readField(reader, depth);
    if (field === undefined) reader.fail();
    // RabbitMQ keeps what comes later with the same name, but looks at the first (rabbit_misc:table_lookup/2).
    else if (!table.has(name)) table.set(name, field);
  }
  // A field that reached beyond the table's own length.
  if (reader.remaining < rest) reader.fail();
  return table;
}

function readArray(reader: Reader, depth: number): readonly Field[] {
  const length = reader.uint32();
  const rest = reader.remaining - length;
  const items: Field[] = [];
  if (rest < 0 || depth > table_depth_max_levels) {
    reader.fail();
    return items;
  }
  while (reader.remaining > rest) {
    const item = readField(reader, depth);
    if (item === undefined) reader.fail();
    else items.push(item);
  }
  if (reader.remaining < rest) reader.fail();
  return items;
}

function readField(reader: Reader, depth: number): Field | undefined {
  const type = String.fromCharCode(reader.uint8());
  switch (type) {
    case 't':
      return { type, value: reader.uint8() !== 0 };
    case 'S': {
      const view = reader.view(reader.uint32());
      return { type, value: isUtf8(view) ? view.toString('utf8') : new Uint8Array(view) };
    }
    case 'x':
      return { type, value: new Uint8Array(reader.view(reader.uint32())) };
    case 'T':
      return { type, value: reader.uint64() };
    case 'l':
    case 'L':
      // RabbitMQ reads `L` as signed too.
      return { type, value: reader.int64() };
    case 'D':
      return { type, value: { scale: reader.uint8(), unscaled: reader.uint32() } };
    case 'F':
      return { type, value: readFields(reader, reader.uint32(), depth + 1) };
    case 'A':
      return { type, value: readArray(reader, depth + 1) };
    case 'V':
      return { type, value: undefined };
    default:
      return readNumber(reader, type);
  }
}

function readNumber(reader: Reader, type: string): Field | undefined {
  switch (type) {
    case 'b':
      return { type, value: reader.int8() };
    case 'B':
      return { type, value: reader.uint8() };
    case 's':
      return { type, value: reader.int16() };
    case 'u':
      return { type, value: reader.uint16() };
    case 'I':
      return { type, value: reader.int32() };
    case 'i':
      return { type, value: reader.uint32() };
    case 'f':
      return finite(type, reader.float32());
    case 'd':
      return finite(type, reader.float64());
    default:
      return undefined;
  }
}

/** Erlang's floats have neither infinity nor NaN: RabbitMQ can't read them. */
function finite(type: 'f' | 'd', value: number): Field | undefined {
  return Number.isFinite(value) ? { type, value } : undefined;
}

function writeField(writer: Writer, field: Field): void {
  writer.uint8(field.type.charCodeAt(0));
  switch (field.type) {
    case 't':
      writer.uint8(field.value ? 1 : 0);
      return;
    case 'S':
      writeLongString(writer, field.value);
      return;
    case 'x':
      writeLongString(writer, field.value);
      return;
    case 'T':
    case 'l':
    case 'L':
      writer.uint64(field.value);
      return;
    case 'D':
      writer.uint8(field.value.scale);
      writer.uint32(field.value.unscaled);
      return;
    case 'F':
      writeTable(writer, field.value);
      return;
    case 'A': {
      const at = writer.position;
      writer.uint32(0);
      for (const item of field.value) writeField(writer, item);
      writer.patchUint32(at, writer.position - at - 4);
      return;
    }
    case 'V':
      return;
    default:
      writeNumber(writer, field.type, field.value);
  }
}

function writeNumber(writer: Writer, type: 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'f' | 'd', value: number): void {
  switch (type) {
    case 'b':
    case 'B':
      writer.uint8(value & 0xff);
      return;
    case 's':
    case 'u':
      writer.uint16(value);
      return;
    case 'I':
    case 'i':
      writer.uint32(value);
      return;
    case 'f':
      writer.float32(value);
      return;
    case 'd':
      writer.float64(value);
  }
}

/** Text in UTF-8, or octets as they are. At most 255 octets; what is longer is cut at a character's edge. */
export function writeShortString(writer: Writer, text: string | Uint8Array): void {
  writer.ensure(1 + 255);
  const at = writer.position;
  const room = writer.bytes.subarray(at + 1, at + 256);
  const written = typeof text === 'string' ? room.write(text, 'utf8') : Buffer.from(text).copy(room);
  writer.bytes[at] = written;
  writer.position = at + 1 + written;
}

export function writeLongString(writer: Writer, value: string | Uint8Array): void {
  const at = writer.position;
  writer.uint32(0);
  if (typeof value === 'string') writer.utf8(value);
  else writer.copy(value);
  writer.patchUint32(at, writer.position - at - 4);
}
