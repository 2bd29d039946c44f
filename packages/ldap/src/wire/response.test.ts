/// <reference path="./ldapjs-messages.d.ts" />
import asn1 from '@ldapjs/asn1';
import messages from '@ldapjs/messages';
import { Writer } from '@wirelike/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BerReader, SEQUENCE } from './ber-reader.ts';
import { closeElement, openElement, writeInteger, writeValue } from './ber-writer.ts';
import { decodePagedResults } from './paged-results.ts';
import { encodeEntry, encodePagedResults, writeEntry, writeExtended, writeResult } from './response.ts';

function parsed(write: (writer: Writer) => void): Readonly<Record<string, unknown>> {
  const writer = new Writer();
  write(writer);
  const message = messages.LdapMessage.parse(new asn1.BerReader(Buffer.from(writer.view())));
  return { ...message.pojo, messageId: message.messageId, type: message.type };
}

test('@ldapjs/messages reads our results', () => {
  const result = parsed((writer) => writeResult(writer, 70_000, 'add', { code: 68, matchedDn: 'dc=x', text: 'é'.repeat(100) }));
  expect(result).toMatchObject({
    messageId: 70_000,
    type: 'AddResponse',
    status: 68,
    matchedDN: 'dc=x',
    diagnosticMessage: 'é'.repeat(100),
  });
});

test('@ldapjs/messages reads our entries', () => {
  const values = Array.from({ length: 300 }, (_, index) => `value ${index}`);
  const content = encodeEntry(
    'cn=x',
    [
      { name: 'cn', values: ['x'] },
      { name: 'description', values },
    ],
    false,
  );
  expect(parsed((writer) => writeEntry(writer, 5, content))).toMatchObject({
    messageId: 5,
    objectName: 'cn=x',
    attributes: [
      { type: 'cn', values: ['x'] },
      { type: 'description', values },
    ],
  });
});

test('@ldapjs/messages reads our extended responses', () => {
  const notice = parsed((writer) => writeExtended(writer, 0, { code: 52, text: 'bye' }, '1.3.6.1.4.1.1466.20036', 'v'));
  expect(notice).toMatchObject({ messageId: 0, status: 52, diagnosticMessage: 'bye' });
});

test('what we write, we read', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 200 }))),
      (number, texts) => {
        const writer = new Writer(1);
        const outer = openElement(writer, SEQUENCE);
        writeInteger(writer, number);
        for (const text of texts) writeValue(writer, text);
        closeElement(writer, outer);
        const reader = new BerReader(Buffer.from(writer.view()));
        reader.enter(SEQUENCE);
        expect(reader.integer()).toBe(number);
        for (const text of texts) expect(reader.value()).toBe(Buffer.from(text, 'utf8').toString('utf8'));
        expect([reader.more, reader.failed]).toEqual([false, false]);
      },
    ),
  );
});

test('octets that are not UTF-8 come back as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const writer = new Writer();
      writeValue(writer, bytes);
      const value = new BerReader(Buffer.from(writer.view())).value();
      expect(Buffer.from(typeof value === 'string' ? Buffer.from(value, 'utf8') : value).equals(Buffer.from(bytes))).toBe(true);
    }),
  );
});

test('paged results', () => {
  expect(decodePagedResults(encodePagedResults(500, Buffer.from('cookie')))).toEqual({ size: 500, cookie: Buffer.from('cookie') });
  expect(decodePagedResults(Buffer.from('x'))).toBeUndefined();
});
