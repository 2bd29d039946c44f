import { Writer } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field, Table } from './field.ts';
import { decodeTable, writeTable } from './field-table.ts';

const name: fc.Arbitrary<string> = fc.string({ maxLength: 30, unit: 'binary-ascii' });
const bytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 });

/** Those that Erlang has, too. */
const finite = { noNaN: true, noDefaultInfinity: true };

const simple: fc.Arbitrary<Field> = fc.oneof(
  fc.boolean().map((value): Field => ({ type: 't', value })),
  fc.integer({ min: -128, max: 127 }).map((value): Field => ({ type: 'b', value })),
  fc.integer({ min: 0, max: 255 }).map((value): Field => ({ type: 'B', value })),
  fc.integer({ min: -32_768, max: 32_767 }).map((value): Field => ({ type: 's', value })),
  fc.integer({ min: 0, max: 65_535 }).map((value): Field => ({ type: 'u', value })),
  fc.integer().map((value): Field => ({ type: 'I', value })),
  fc.nat(0x7fff_ffff).map((value): Field => ({ type: 'i', value: value * 2 })),
  fc.float(finite).map((value): Field => ({ type: 'f', value })),
  fc.double(finite).map((value): Field => ({ type: 'd', value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): Field => ({ type: 'l', value })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value): Field => ({ type: 'T', value })),
  fc.record({ scale: fc.integer({ min: 0, max: 255 }), unscaled: fc.nat() }).map((value): Field => ({ type: 'D', value })),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((value): Field => ({ type: 'S', value })),
  bytes.map((value): Field => ({ type: 'x', value })),
  fc.constant<Field>({ type: 'V', value: undefined }),
);

const { field, table } = fc.letrec<{ field: Field; table: Table }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    simple,
    fc.array(tie('field'), { maxLength: 4 }).map((value): Field => ({ type: 'A', value })),
    tie('table').map((value): Field => ({ type: 'F', value })),
  ),
  table: fc.array(fc.tuple(name, tie('field')), { maxLength: 5 }).map((entries) => new Map(entries)),
}));

function encode(table: Table): Buffer {
  const writer = new Writer();
  writeTable(writer, table);
  return Buffer.from(writer.view());
}

describe('field tables', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('with the number %s are none, as for RabbitMQ', (value) => {
    for (const type of ['f', 'd'] as const) {
      const bytes = encode(new Map([['n', { type, value }]]));
      expect(decodeTable(bytes, 4, bytes.length)).toBeUndefined();
    }
  });

  it('survive a round trip with their types', () => {
    fc.assert(
      fc.property(table, (entries) => {
        const bytes = encode(entries);
        expect(decodeTable(bytes, 4, bytes.length)).toEqual(entries);
      }),
    );
  });

  it('are refused or read, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodeTable(Buffer.from(bytes), 0, bytes.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused when they are cut', () => {
    fc.assert(
      fc.property(field, (value) => {
        const bytes = encode(new Map([['name', value]]));
        for (let end = 5; end < bytes.length; end++) expect(decodeTable(bytes, 4, end)).toBeUndefined();
      }),
    );
  });

  it('keep what is no text as bytes', () => {
    const bytes = Buffer.concat([Buffer.from('\x01aS\0\0\0\x02', 'latin1'), Buffer.from([0xff, 0xfe])]);
    expect(decodeTable(bytes, 0, bytes.length)?.get('a')).toEqual({ type: 'S', value: Uint8Array.of(0xff, 0xfe) });
  });

  it('are refused when they nest without end', () => {
    const levels = 20_000;
    const bytes = Buffer.alloc(levels * 5);
    for (let level = 0; level < levels; level++) {
      bytes[level * 5] = 0x41;
      bytes.writeUInt32BE((levels - level - 1) * 5, level * 5 + 1);
    }
    const named = Buffer.concat([Buffer.from('\x01a', 'latin1'), bytes]);
    expect(decodeTable(named, 0, named.length)).toBeUndefined();
  });
});
