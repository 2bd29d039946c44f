// No decoder throws, reads outside its window, changes its input, or makes much of little: whatever the bytes.
import { Reader, WireError } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTable } from '../../packages/amqp/src/wire/field-table.ts';
import { decodeFields, methodNames } from '../../packages/amqp/src/wire/method.ts';
import { areProperties, decodeProperties } from '../../packages/amqp/src/wire/properties.ts';
import { decodeMessage } from '../../packages/ldap/src/wire/request.ts';
import { decodeHeader } from '../../packages/libvirt/src/wire/packet.ts';
import { procedureNames } from '../../packages/libvirt/src/wire/procedure-names.ts';
import { callCodec } from '../../packages/libvirt/src/wire/procedures.ts';

type Decoder = (bytes: Buffer, start: number, end: number) => unknown;

const FILLER_BYTES = 40;
/** A filled window must not depend on what lies around it. */
const FILLERS = [0x00, 0xff];

const calls = procedureNames.flatMap((procedure) => {
  const codec = procedure === undefined ? undefined : callCodec(procedure.name);
  return procedure === undefined || codec === undefined ? [] : [{ name: procedure.name, codec }];
});

const decoders: readonly (readonly [string, Decoder])[] = [
  ...methodNames().map(
    (name) => [`amqp ${name}`, (bytes: Buffer, start: number, end: number) => decodeFields(name, bytes, start, end)] as const,
  ),
  ['amqp table', decodeTable],
  ['amqp properties', decodeProperties],
  ['amqp properties, checked only', areProperties],
  ['ldap message', decodeMessage],
  ['libvirt header', decodeHeader],
  ...calls.map(
    ({ name, codec }) =>
      [
        `libvirt ${name}`,
        (bytes: Buffer, start: number, end: number) => {
          const reader = new Reader(bytes, start, end);
          const value = codec.args.decode(reader);
          return reader.failed ? 'failed' : { value, position: reader.position - start };
        },
      ] as const,
  ),
];

/** Bytes that look like lengths, counts and tags more often than chance would have it. */
const likely = fc.constantFrom(0, 1, 2, 3, 4, 0x30, 0x04, 0x02, 0x0a, 0x31, 0x7f, 0x80, 0x81, 0x84, 0xff, 0x53, 0x46, 0x41, 0xa3);
const bytes = fc.array(fc.oneof(likely, fc.nat(255)), { maxLength: 120 }).map((values) => Buffer.from(values));
/** The beginning of a real LDAPMessage, so that its decoders are reached. */
const ldap = fc.tuple(fc.constantFrom(0x60, 0x63, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50, 0x77), bytes).map(([tag, rest]) => {
  const operation = Buffer.concat([Buffer.of(0x02, 0x01, 0x01, tag, rest.length), rest]);
  return Buffer.concat([Buffer.of(0x30, operation.length), operation]);
});

function around(filler: number, input: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(FILLER_BYTES, filler), input, Buffer.alloc(FILLER_BYTES, filler)]);
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`;
    if (typeof each === 'number' && !Number.isFinite(each)) return String(each);
    return each instanceof Map ? [...each] : each;
  });
}

describe.each(decoders)('%s', (_, decode) => {
  test('survives any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, ldap), (input) => {
        const results = FILLERS.map((filler) => {
          const whole = around(filler, input);
          const before = Buffer.from(whole);
          const result = decode(whole, FILLER_BYTES, FILLER_BYTES + input.length);
          expect(whole.equals(before)).toBe(true);
          return result instanceof WireError ? result.reason : text(result);
        });
        expect(results[0]).toBe(results[1]);
        // Counts of millions must not become arrays of millions.
        expect(results[0]?.length ?? 0).toBeLessThan(20_000);
      }),
      { numRuns: 60 },
    );
  });
});
