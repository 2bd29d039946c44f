import { Writer } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_END, frame_header_bytes, readUint16, readUint32 } from './frame.ts';
import { decodeFields, methodNameOf, methodNames, methodSpec, writeMethod } from './method.ts';
import type { MethodName } from './methods.ts';

/** Random bytes of the shape that `name` has: lengths where lengths belong. */
function payloads(name: MethodName): fc.Arbitrary<Buffer> {
  const parts: fc.Arbitrary<Uint8Array>[] = [];
  let bits = 0;
  for (const domain of Object.values(methodSpec(name).fields)) {
    if (domain !== 'bit') bits = 0;
    if (domain === 'bit') {
      const count = bits++;
      if (count === 0) parts.push(fc.nat(1).map((value) => Uint8Array.of(value)));
    } else if (domain === 'octet') parts.push(exactly(1));
    else if (domain === 'short') parts.push(exactly(2));
    else if (domain === 'long') parts.push(exactly(4));
    // Tags beyond 2^53 do not come back exactly.
    else if (domain === 'longlong') parts.push(exactly(6).map((bytes) => Uint8Array.of(0, 0, ...bytes)));
    else if (domain === 'shortstr' || domain === 'text') parts.push(text().map((bytes) => Uint8Array.of(bytes.length, ...bytes)));
    else if (domain === 'longstr') parts.push(text().map((bytes) => Uint8Array.of(0, 0, 0, bytes.length, ...bytes)));
    else parts.push(text().map((bytes) => Uint8Array.of(0, 0, 0, bytes.length + 7, 1, 0x61, 0x53, 0, 0, 0, bytes.length, ...bytes)));
  }
  return fc.tuple(...parts).map((bytes) => Buffer.concat(bytes));
}

const exactly = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const text = (): fc.Arbitrary<Uint8Array> => fc.string({ maxLength: 50, unit: 'binary-ascii' }).map((value) => Buffer.from(value));

function reencode<N extends MethodName>(name: N, payload: Buffer): Buffer | undefined {
  const fields = decodeFields(name, payload, 0, payload.length);
  if (typeof fields === 'string') return undefined;
  const writer = new Writer();
  writeMethod(writer, 7, name, fields);
  return Buffer.from(writer.view());
}

describe('the method table', () => {
  it.each(methodNames())('decodes and encodes %s', (name) => {
    const spec = methodSpec(name);
    fc.assert(
      fc.property(payloads(name), (payload) => {
        const frame = reencode(name, payload);
        expect(frame?.subarray(frame_header_bytes + 4, -1)).toEqual(payload);
        if (frame === undefined) return;
        expect(readUint16(frame, 1)).toBe(7);
        expect(readUint32(frame, 3)).toBe(payload.length + 4);
        expect(methodNameOf(readUint16(frame, 7), readUint16(frame, 9))).toBe(name);
        expect([readUint16(frame, 7), readUint16(frame, 9)]).toEqual([spec.class, spec.id]);
        expect(frame.at(-1)).toBe(FRAME_END);
      }),
      { numRuns: 30 },
    );
  });

  it.each(methodNames())('refuses a %s that is cut or too long', (name) => {
    fc.assert(
      fc.property(payloads(name), (payload) => {
        for (let end = 0; end < payload.length; end++) expect(decodeFields(name, payload, 0, end)).toBe('malformed');
        const long = Buffer.concat([payload, Buffer.alloc(1)]);
        expect(decodeFields(name, long, 0, long.length)).toBe('malformed');
      }),
      { numRuns: 10 },
    );
  });

  it.each(methodNames())('takes any bytes for %s without throwing', (name) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        decodeFields(name, Buffer.from(bytes), 0, bytes.length);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses names that are not UTF-8, but for contents', () => {
    const payload = Buffer.from('\0\0\x01\xff\0\0\0\0\0\0', 'latin1');
    expect(decodeFields('queue.delete', payload, 0, 5)).toBe('not-utf8');
    expect(typeof decodeFields('basic.publish', payload, 0, 6)).toBe('object');
  });

  it('knows no other methods', () => {
    expect(methodNameOf(60, 41)).toBeUndefined();
    expect(methodNameOf(0, 0)).toBeUndefined();
  });
});
