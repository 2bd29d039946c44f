import { Writer } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field } from './field.ts';
import { areProperties, decodeProperties, type Properties, writeProperties } from './properties.ts';

const text = fc.string({ maxLength: 50, unit: 'binary-ascii' });
const octet = fc.integer({ min: 0, max: 255 });

const headers = fc
  .array(
    fc.tuple(
      text,
      fc.oneof(
        text.map((value): Field => ({ type: 'S', value })),
        fc.integer().map((value): Field => ({ type: 'I', value })),
        fc.array(text, { maxLength: 3 }).map((items): Field => ({ type: 'A', value: items.map((value): Field => ({ type: 'S', value })) })),
        fc.boolean().map((value): Field => ({ type: 'F', value: new Map<string, Field>([['t', { type: 't', value }]]) })),
        fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((value): Field => ({ type: 'l', value })),
      ),
    ),
    { maxLength: 5 },
  )
  .map((entries) => new Map(entries));

const propertySets: fc.Arbitrary<Properties> = fc.record(
  {
    contentType: text,
    contentEncoding: text,
    headers,
    deliveryMode: octet,
    priority: octet,
    correlationId: text,
    replyTo: text,
    expiration: text,
    messageId: text,
    timestamp: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    type: text,
    userId: text,
    appId: text,
    clusterId: text,
  },
  { requiredKeys: [] },
);

function encode(properties: Properties): Buffer {
  const writer = new Writer();
  writeProperties(writer, properties);
  return Buffer.from(writer.view());
}

describe('content properties', () => {
  it('survive a round trip', () => {
    fc.assert(
      fc.property(propertySets, (properties) => {
        const bytes = encode(properties);
        expect(decodeProperties(bytes, 0, bytes.length)).toEqual(properties);
        expect(areProperties(bytes, 0, bytes.length)).toBe(true);
      }),
    );
  });

  it('are checked without decoding exactly as decoding would', () => {
    fc.assert(
      fc.property(propertySets, fc.nat(), fc.nat(255), fc.nat(20), (properties, at, value, cut) => {
        const bytes = encode(properties);
        bytes[at % bytes.length] = value;
        const end = Math.max(0, bytes.length - (cut % 3 === 0 ? cut : 0));
        const decoded = decodeProperties(bytes, 0, end);
        expect(areProperties(bytes, 0, end)).toBe(decoded !== undefined);
      }),
      { numRuns: 3_000 },
    );
  });
});
