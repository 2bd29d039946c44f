import type { Writer } from '@wirelike/kernel';
import { BOOLEAN, INTEGER, OCTET_STRING, type Value } from './ber-reader.ts';

/** Starts an element; give the result to {@link closeElement} when its content is written. */
export function openElement(writer: Writer, tag: number): number {
  writer.ensure(2);
  writer.bytes[writer.position] = tag;
  writer.position += 2;
  return writer.position;
}

/** Puts the length in, in the shortest form; content of more than 127 bytes moves to make room for it. */
export function closeElement(writer: Writer, start: number): void {
  const length = writer.position - start;
  if (length < 0x80) {
    writer.bytes[start - 1] = length;
    return;
  }
  const count = lengthBytes(length);
  writer.ensure(count);
  writer.bytes.copyWithin(start + count, start, writer.position);
  writer.bytes[start - 1] = 0x80 | count;
  writer.bytes.writeUIntBE(length, start, count);
  writer.position += count;
}

function lengthBytes(length: number): number {
  return length < 0x100 ? 1 : length < 0x1_0000 ? 2 : length < 0x100_0000 ? 3 : 4;
}

/** Tag and length of an element whose content follows. */
export function writeHeader(writer: Writer, tag: number, length: number): void {
  writer.ensure(6);
  const { bytes } = writer;
  bytes[writer.position++] = tag;
  if (length < 0x80) {
    bytes[writer.position++] = length;
    return;
  }
  const count = lengthBytes(length);
  bytes[writer.position++] = 0x80 | count;
  writer.position = bytes.writeUIntBE(length, writer.position, count);
}

export function headerBytes(length: number): number {
  return length < 0x80 ? 2 : 2 + lengthBytes(length);
}

/** Of at most 32 bits, in the shortest form. */
export function writeInteger(writer: Writer, value: number, tag: number = INTEGER): void {
  const count = integerBytes(value);
  writer.ensure(2 + count);
  writer.bytes[writer.position++] = tag;
  writer.bytes[writer.position++] = count;
  writer.position = writer.bytes.writeIntBE(value, writer.position, count);
}

export function integerBytes(value: number): number {
  if (value >= -0x80 && value < 0x80) return 1;
  if (value >= -0x8000 && value < 0x8000) return 2;
  return value >= -0x80_0000 && value < 0x80_0000 ? 3 : 4;
}

export function writeBoolean(writer: Writer, value: boolean, tag: number = BOOLEAN): void {
  writer.uint8(tag);
  writer.uint8(1);
  writer.uint8(value ? 0xff : 0);
}

export function writeValue(writer: Writer, value: Value, tag: number = OCTET_STRING): void {
  if (typeof value === 'string') {
    const start = openElement(writer, tag);
    writer.utf8(value);
    closeElement(writer, start);
  } else {
    writeHeader(writer, tag, value.length);
    writer.copy(value);
  }
}
