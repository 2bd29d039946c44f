import { Reader, Writer } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counts } from '../limits.ts';
import { connectProcedures } from './procedures-connect.ts';
import { domainProcedures } from './procedures-domain.ts';
import { objectProcedures } from './procedures-objects.ts';
import { compileFields, compileType, type Fields } from './schema.ts';
import { structs } from './structs.ts';
import type { Xdr } from './xdr.ts';

function encoded<T>(type: Xdr<T>, value: T): Buffer {
  const writer = new Writer();
  type.encode(writer, value);
  return Buffer.from(writer.view());
}

const uuids = fc.uuid();
const parameters = fc
  .oneof(
    fc.record({ type: fc.constantFrom('int' as const, 'boolean' as const), value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) }),
    fc.record({ type: fc.constant('uint' as const), value: fc.nat(2 ** 32 - 1) }),
    fc.record({ type: fc.constant('llong' as const), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
    fc.record({ type: fc.constant('ullong' as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
    fc.record({ type: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
    fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'grapheme' }) }),
  )
  .chain((value) => fc.string().map((field) => ({ field, ...value })));

const atoms: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  uint: fc.nat(2 ** 32 - 1),
  uchar: fc.nat(255),
  ushort: fc.nat(65_535),
  hyper: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uhyper: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  double: fc.double({ noNaN: true }),
  string: fc.string({ unit: 'grapheme', maxLength: 40 }),
  uuid: uuids,
  parameter: parameters,
};

const tables: Readonly<Record<string, Fields>> = structs;

/** Any value of a type that is given in the tables' notation. */
function anyOf(type: string): fc.Arbitrary<unknown> {
  if (type.endsWith('?')) return fc.option(anyOf(type.slice(0, -1)), { nil: undefined });
  if (type.startsWith('char')) return fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
  if (type.startsWith('opaque')) return fc.uint8Array({ maxLength: 20 });
  if (type.includes('<')) return fc.array(anyOf(type.slice(0, type.indexOf('<'))), { maxLength: 4 });
  return atoms[type] ?? recordOf(tables[type] ?? {});
}

function recordOf(fields: Fields): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, anyOf(type)])));
}

describe('every type of every procedure', () => {
  const procedures: Readonly<Record<string, { readonly args: Fields; readonly ret: Fields }>> = {
    ...connectProcedures,
    ...domainProcedures,
    ...objectProcedures,
  };
  const all = Object.entries(procedures).flatMap(([name, { args, ret }]) => [
    { name: `${name} arguments`, fields: args },
    { name: `${name} result`, fields: ret },
  ]);

  it.each(all)('$name survives the wire', ({ fields }) => {
    const codec: Xdr<Record<string, unknown>> = compileFields(fields);
    fc.assert(
      fc.property(recordOf(fields), (value) => {
        const bytes = encoded(codec, value);
        expect(bytes.length % 4).toBe(0);
        const reader = new Reader(bytes);
        expect(codec.decode(reader)).toEqual(value);
        expect([reader.failed, reader.remaining]).toEqual([false, 0]);
      }),
      { numRuns: 25 },
    );
  });

  it('any prefix of a message is refused, none is read beyond', () => {
    const codec: Xdr<Record<string, unknown>> = compileFields(procedures.CONNECT_GET_ALL_DOMAIN_STATS?.args ?? {});
    const bytes = encoded(codec, { doms: [{ name: 'a', uuid: '11111111-2222-3333-4444-555555555555', id: 1 }], stats: 1, flags: 2 });
    for (let end = 0; end < bytes.length; end++) {
      const reader = new Reader(bytes, 0, end);
      codec.decode(reader);
      expect(reader.failed).toBe(true);
    }
  });

  it('decodes any bytes without a throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.uint8Array({ maxLength: 200 }), ({ fields }, bytes) => {
        const codec: Xdr<unknown> = compileFields(fields);
        codec.decode(new Reader(Buffer.from(bytes)));
      }),
    );
  });
});

describe('limits', () => {
  it('a count beyond the limit of its list is refused before anything is made', () => {
    const type: Xdr<unknown> = compileType('string<DOMAIN_LIST_MAX>');
    const bytes = Buffer.alloc((counts.DOMAIN_LIST_MAX + 2) * 4);
    bytes.writeUInt32BE(counts.DOMAIN_LIST_MAX + 1);
    const reader = new Reader(bytes);
    expect(type.decode(reader)).toEqual([]);
    expect(reader.failed).toBe(true);
  });

  it('a count that the message can’t hold is refused', () => {
    const reader = new Reader(Buffer.from('00004000', 'hex'));
    expect(compileType('int<DOMAIN_LIST_MAX>').decode(reader)).toEqual([]);
    expect(reader.failed).toBe(true);
  });

  it('a string of more than 4 MiB is refused', () => {
    const bytes = Buffer.alloc(4_194_304 + 8);
    bytes.writeUInt32BE(4_194_305);
    const reader = new Reader(bytes);
    compileType('string').decode(reader);
    expect(reader.failed).toBe(true);
  });
});

describe('as glibc’s and libtirpc’s XDR', () => {
  it('pads strings to words with zeros', () => {
    expect(encoded(compileType('string'), 'qemu:///system').toString('hex')).toBe(
      `0000000e${Buffer.from('qemu:///system').toString('hex')}0000`,
    );
  });

  it('takes any word but 0 for a pointer that is there', () => {
    expect(compileType('int?').decode(new Reader(Buffer.from('0000000200000007', 'hex')))).toBe(7);
  });

  it('spends a word on each character of char[32]', () => {
    const bytes = encoded(compileType('char[32]'), 'x86_64');
    expect(bytes.length).toBe(128);
    expect(bytes.subarray(0, 12).toString('hex')).toBe('000000780000003800000036');
  });

  it('writes a UUID as 16 bytes without a length', () => {
    expect(encoded(compileType('uuid'), '21e8c2e8-f728-47ab-9f70-920261711761').toString('hex')).toBe('21e8c2e8f72847ab9f70920261711761');
  });
});
