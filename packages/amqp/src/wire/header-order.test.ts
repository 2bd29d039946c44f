import { Writer } from '@wirelike/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeHeader } from './content.ts';
import type { Field } from './field.ts';
import { sortedHeader, sortHeaders } from './header-order.ts';
import { decodeProperties, type Properties, writeProperties } from './properties.ts';

function sorted(properties: Properties, around = 7): Properties | undefined {
  const writer = new Writer();
  writer.copy(Buffer.alloc(around, 0xaa));
  writeProperties(writer, properties);
  writer.copy(Buffer.alloc(around, 0xaa));
  const bytes = Buffer.from(writer.view());
  const before = Buffer.from(bytes);
  sortHeaders(bytes, around, bytes.length - around);
  // Nothing but the headers' order has changed.
  expect([bytes.subarray(0, around + 2), [...bytes].sort()]).toEqual([before.subarray(0, around + 2), [...before].sort()]);
  return decodeProperties(bytes, around, bytes.length - around);
}

const field: fc.Arbitrary<Field> = fc.letrec<{ field: Field }>((tie) => ({
  field: fc.oneof(
    { depthSize: 'small' },
    fc.record({ type: fc.constant('S' as const), value: fc.string() }),
    fc.record({ type: fc.constant('I' as const), value: fc.integer({ min: -5, max: 5 }) }),
    fc.record({ type: fc.constant('t' as const), value: fc.boolean() }),
    fc.constant({ type: 'V', value: undefined } as const),
    fc.record({ type: fc.constant('T' as const), value: fc.bigInt(0n, 9n) }),
    fc.record({ type: fc.constant('A' as const), value: fc.array(tie('field'), { maxLength: 3 }) }),
    fc.record({
      type: fc.constant('F' as const),
      value: fc.array(fc.tuple(fc.string({ maxLength: 9 }), tie('field'))).map((all) => new Map(all)),
    }),
  ),
})).field;

test('headers are sorted by the bytes of their names, and nothing else changes', () => {
  const table = fc.array(fc.tuple(fc.string({ maxLength: 20, unit: 'binary' }), field), { maxLength: 12 }).map((all) => new Map(all));
  fc.assert(
    fc.property(table, fc.option(fc.string({ maxLength: 9 }), { nil: undefined }), fc.boolean(), (headers, contentType, more) => {
      const properties = {
        ...(contentType === undefined ? {} : { contentType }),
        ...(more ? { contentEncoding: 'gzip', priority: 3, appId: 'app' } : {}),
        headers,
      };
      const names = [...headers.keys()].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
      const result = sorted(properties);
      expect(result).toEqual(properties);
      expect([...(result?.headers ?? new Map()).keys()]).toEqual(names);
    }),
  );
});

test('what is inside of a header keeps its order', () => {
  const inner = new Map([
    ['z', { type: 'V', value: undefined } as const],
    ['a', { type: 'V', value: undefined } as const],
  ]);
  const result = sorted({
    headers: new Map<string, Field>([
      ['y', { type: 'F', value: inner }],
      ['b', { type: 'A', value: [{ type: 'F', value: inner }] }],
    ]),
  });
  const y = result?.headers?.get('y');
  expect(y?.type === 'F' ? [...y.value.keys()] : undefined).toEqual(['z', 'a']);
});

test('without headers there is nothing to do', () => {
  expect(sorted({ contentType: 'a', messageId: 'b' })).toEqual({ contentType: 'a', messageId: 'b' });
});

/** A header frame on channel 3 for 5 bytes of body, sorted; its headers are `fields` without the length of the table. */
function sortedFrame(fields: Buffer): Buffer {
  const table = Buffer.alloc(4);
  table.writeUInt32BE(fields.length);
  const writer = new Writer();
  writeHeader(writer, 3, 5, Buffer.concat([Buffer.from('a000', 'hex'), Buffer.from('\x01t'), table, fields]));
  const bytes = Buffer.from(writer.view());
  return bytes.subarray(sortedHeader(bytes, 0, bytes.length));
}

const one = Buffer.from('\x01bI\0\0\0\x01');
const two = Buffer.from('\x01bI\0\0\0\x02');
const before = Buffer.from('\x01at\x01');

test('of headers with the same name the first stays', () => {
  expect(sortedFrame(Buffer.concat([one, two, before, two])).toString('hex')).toBe(
    sortedFrame(Buffer.concat([before, one])).toString('hex'),
  );
  expect(sortedFrame(Buffer.concat([two, one])).toString('hex')).toBe(sortedFrame(two).toString('hex'));
});

test('the type L becomes l, at any depth', () => {
  const long = (letter: string): string => `${letter}\0\0\0\0\0\0\0\x05`;
  const nested = (letter: string): Buffer => {
    const table = `\x01k${long(letter)}`;
    const array = `F\0\0\0${String.fromCharCode(table.length)}${table}${long(letter)}`;
    return Buffer.from(`\x01kA\0\0\0${String.fromCharCode(array.length)}${array}\x01z${long(letter)}`);
  };
  expect(sortedFrame(nested('L')).toString('hex')).toBe(sortedFrame(nested('l')).toString('hex'));
});
