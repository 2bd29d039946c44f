import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

type Value =
  | { kind: 'uint8' | 'uint16' | 'uint32' | 'int32' | 'float32' | 'float64'; value: number }
  | { kind: 'uint64'; value: bigint }
  | { kind: 'utf8'; value: string }
  | { kind: 'copy'; value: Uint8Array };

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ kind: fc.constant('uint8' as const), value: fc.nat(0xff) }),
  fc.record({ kind: fc.constant('uint16' as const), value: fc.nat(0xffff) }),
  fc.record({ kind: fc.constant('uint32' as const), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
  fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('float32' as const), value: fc.float() }),
  fc.record({ kind: fc.constant('float64' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('uint64' as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ kind: fc.constant('utf8' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({ kind: fc.constant('copy' as const), value: fc.uint8Array({ maxLength: 300 }) }),
);

function write(writer: Writer, { kind, value }: Value): void {
  if (kind === 'utf8') writer.utf8(value);
  else if (kind === 'copy') writer.copy(value);
  else if (kind === 'uint64') writer.uint64(value);
  else writer[kind](value);
}

function read(reader: Reader, { kind, value }: Value): unknown {
  if (kind === 'utf8') return reader.utf8(Buffer.byteLength(value));
  if (kind === 'copy') return Uint8Array.from(reader.view(value.length));
  return reader[kind]();
}

describe('Reader and Writer', () => {
  test('what was written is read', () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const writer = new Writer(1);
        for (const one of values) write(writer, one);
        const reader = new Reader(Buffer.from(writer.view()));
        for (const one of values) expect(read(reader, one)).toEqual(one.value);
        expect([reader.remaining, reader.failed]).toEqual([0, false]);
      }),
    );
  });

  test('nothing is read beyond the window, whatever is asked for, and nothing throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), fc.nat(64), fc.array(value), (bytes, one, other, values) => {
        const [start, end] = [Math.min(one, other, bytes.length), Math.min(Math.max(one, other), bytes.length)];
        const reader = new Reader(Buffer.from(bytes), start, end);
        let wanted = 0;
        for (const each of values) {
          const before = reader.position;
          read(reader, each);
          wanted += reader.failed ? 1 : 0;
          expect(reader.position).toBeGreaterThanOrEqual(before);
          expect(reader.position).toBeLessThanOrEqual(end);
        }
        expect(reader.failed).toBe(wanted > 0);
      }),
    );
  });

  test('a failure sticks and yields nothing', () => {
    const reader = new Reader(Buffer.of(1, 2, 3));
    expect(reader.uint32()).toBe(0);
    expect([reader.failed, reader.remaining]).toEqual([true, 0]);
    expect([reader.uint8(), reader.uint64(), reader.utf8(1), reader.view(1).length, reader.float64()]).toEqual([0, 0n, '', 0, 0]);
    const hostile = new Reader(Buffer.of(1, 2, 3));
    hostile.skip(-1);
    expect(hostile.failed).toBe(true);
  });

  test('signed values', () => {
    const bytes = Buffer.from('ff8000fffffffeffffffffffffffff', 'hex');
    const reader = new Reader(bytes);
    expect([reader.int8(), reader.int16(), reader.int32(), reader.int64()]).toEqual([-1, -32_768, -2, -1n]);
  });

  test('a length is put in afterwards', () => {
    const writer = new Writer(4);
    writer.uint32(0);
    const written = writer.utf8('世界');
    writer.zeros(2);
    writer.patchUint32(0, written);
    expect(writer.view().toString('hex')).toBe(`00000006${Buffer.from('世界').toString('hex')}0000`);
    writer.reset();
    expect(writer.view()).toHaveLength(0);
  });
});
