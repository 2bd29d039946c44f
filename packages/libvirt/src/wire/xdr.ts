// RFC 4506: External Data Representation.
import type { Reader, Writer } from '@wirelike/kernel';
import { string_max_bytes } from '../limits.ts';

/** One XDR type: how a value of TypeScript's `T` is read and written. */
export interface Xdr<T> {
  /** Never throws: what is not there, or beyond a limit, marks the reader as failed. */
  decode(reader: Reader): T;
  encode(writer: Writer, value: T): void;
}

export const int: Xdr<number> = { decode: (reader) => reader.int32(), encode: (writer, value) => writer.int32(value) };
export const uint: Xdr<number> = { decode: (reader) => reader.uint32(), encode: (writer, value) => writer.uint32(value) };
export const hyper: Xdr<bigint> = { decode: (reader) => reader.int64(), encode: (writer, value) => writer.uint64(value) };
export const uhyper: Xdr<bigint> = { decode: (reader) => reader.uint64(), encode: (writer, value) => writer.uint64(value) };
export const double: Xdr<number> = { decode: (reader) => reader.float64(), encode: (writer, value) => writer.float64(value) };

/** `unsigned char` and `unsigned short` take a whole word each (RFC 4506 §4.1; rpcgen's xdr_u_char). */
export const uchar: Xdr<number> = {
  decode: (reader) => reader.uint32() & 0xff,
  encode: (writer, value) => writer.uint32(value & 0xff),
};
export const ushort: Xdr<number> = {
  decode: (reader) => reader.uint32() & 0xffff,
  encode: (writer, value) => writer.uint32(value & 0xffff),
};

/** `string<max>` (§4.11): UTF-8 in libvirt, padded to a multiple of four. */
export function string(max: number = string_max_bytes): Xdr<string> {
  return {
    decode(reader) {
      const length = reader.uint32();
      if (length > max) {
        reader.fail();
        return '';
      }
      const text = reader.utf8(length);
      reader.skip(padding(length));
      return text;
    },
    encode(writer, value) {
      writer.ensure(4);
      const at = writer.position;
      writer.position += 4;
      const length = writer.utf8(value);
      writer.patchUint32(at, length);
      pad(writer, length);
    },
  };
}

/** `opaque<max>` (§4.10). Decoded values are copies. */
export function opaque(max: number): Xdr<Uint8Array> {
  return {
    decode(reader) {
      const length = reader.uint32();
      if (length > max) reader.fail();
      const bytes = Uint8Array.from(reader.view(length));
      reader.skip(padding(length));
      return bytes;
    },
    encode(writer, value) {
      writer.uint32(value.length);
      writer.copy(value);
      pad(writer, value.length);
    },
  };
}

/** `opaque[16]`, written as people write a UUID. */
export const uuid: Xdr<string> = {
  decode(reader) {
    const hex = reader.view(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
  encode(writer, value) {
    writer.ensure(16);
    const bytes = writer.bytes;
    let at = writer.position;
    for (const part of [value.slice(0, 8), value.slice(9, 13), value.slice(14, 18), value.slice(19, 23), value.slice(24, 36)]) {
      at += bytes.write(part, at, 'hex');
    }
    writer.position += 16;
  },
};

/** `char name[n]`: one word for each character (rpcgen's xdr_vector of xdr_char), zero-filled. */
export function characters(length: number): Xdr<string> {
  return {
    decode(reader) {
      const bytes: number[] = [];
      for (let index = 0; index < length; index++) bytes.push(reader.uint32() & 0xff);
      const text = Buffer.from(bytes);
      const end = text.indexOf(0);
      return text.toString('utf8', 0, end < 0 ? length : end);
    },
    encode(writer, value) {
      const bytes = Buffer.from(value);
      // The last one stays zero: C reads it as a string.
      for (let index = 0; index < length; index++) writer.uint32(index < length - 1 ? (bytes[index] ?? 0) : 0);
    },
  };
}

/** `char name<max>`: counted, one word for each character, the final zero among them. */
export function characterList(max: number): Xdr<string> {
  return {
    decode(reader) {
      const length = reader.uint32();
      if (length > max || length * 4 > reader.remaining) {
        reader.fail();
        return '';
      }
      const bytes: number[] = [];
      for (let index = 0; index < length; index++) bytes.push(reader.uint32() & 0xff);
      return Buffer.from(bytes.at(-1) === 0 ? bytes.slice(0, -1) : bytes).toString('utf8');
    },
    encode(writer, value) {
      const bytes = Buffer.from(value);
      writer.uint32(bytes.length + 1);
      for (const byte of bytes) writer.uint32(byte);
      writer.uint32(0);
    },
  };
}

/** `type *name` (§4.19). */
export function optional<T>(type: Xdr<T>): Xdr<T | undefined> {
  return {
    // Like xdr_bool in glibc and libtirpc: any word but 0 means that there is one.
    decode: (reader) => (reader.uint32() === 0 ? undefined : type.decode(reader)),
    encode(writer, value) {
      writer.uint32(value === undefined ? 0 : 1);
      if (value !== undefined) type.encode(writer, value);
    },
  };
}

/** `type name<max>` (§4.13). */
export function array<T>(type: Xdr<T>, max: number): Xdr<readonly T[]> {
  return {
    decode(reader) {
      const count = reader.uint32();
      const items: T[] = [];
      // Every element takes at least a word, so a count beyond what is left costs nothing to refuse.
      if (count > max || count * 4 > reader.remaining) reader.fail();
      for (let index = 0; index < count && !reader.failed; index++) items.push(type.decode(reader));
      return items;
    },
    encode(writer, value) {
      writer.uint32(value.length);
      for (const item of value) type.encode(writer, item);
    },
  };
}

/** `struct` (§4.14), field by field in the order given. */
export function struct<S extends object>(fields: { readonly [K in keyof S]: Xdr<S[K]> }): Xdr<S>;
export function struct(fields: Readonly<Record<string, Xdr<unknown>>>): Xdr<Record<string, unknown>> {
  const members = Object.entries(fields);
  return {
    decode(reader) {
      const value: Record<string, unknown> = {};
      for (const [name, type] of members) value[name] = type.decode(reader);
      return value;
    },
    encode(writer, value) {
      for (const [name, type] of members) type.encode(writer, value[name]);
    },
  };
}

function padding(length: number): number {
  return (4 - (length & 3)) & 3;
}

function pad(writer: Writer, length: number): void {
  if ((length & 3) !== 0) writer.zeros(padding(length));
}
