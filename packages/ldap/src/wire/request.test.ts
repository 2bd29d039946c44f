/// <reference path="./ldapjs-messages.d.ts" />
import filterStrings from '@ldapjs/filter';
import messages from '@ldapjs/messages';
import { WireError } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from './request.ts';

function decode(bytes: Buffer): ReturnType<typeof decodeMessage> {
  return decodeMessage(bytes, 0, bytes.length);
}

describe('requests that @ldapjs/messages encodes', () => {
  test('bind', () => {
    const { buffer } = new messages.BindRequest({ messageId: 1, name: 'cn=admin,dc=x', credentials: 'sécret' }).toBer();
    expect(decode(buffer)).toEqual({
      id: 1,
      request: { is: 'bind', version: 3, name: 'cn=admin,dc=x', authentication: { is: 'simple', password: 'sécret' } },
      controls: [],
    });
  });

  test('search', () => {
    const { buffer } = new messages.SearchRequest({
      messageId: 300,
      baseObject: 'dc=x',
      scope: 'sub',
      sizeLimit: 10,
      timeLimit: 20,
      typesOnly: true,
      filter: filterStrings.parseString('(&(cn=a*b*c)(!(sn>=x))(|(mail=*)(o~=y)(ou:dn:caseIgnoreMatch:=z)))'),
      attributes: ['cn', '+'],
    }).toBer();
    expect(decode(buffer)).toEqual({
      id: 300,
      request: {
        is: 'search',
        base: 'dc=x',
        scope: 2,
        deref: 0,
        size_limit_entries: 10,
        time_limit_seconds: 20,
        typesOnly: true,
        filter: {
          is: 'and',
          filters: [
            { is: 'substrings', attribute: 'cn', initial: 'a', any: ['b'], final: 'c' },
            { is: 'not', filter: { is: 'greaterOrEqual', attribute: 'sn', value: 'x' } },
            {
              is: 'or',
              filters: [
                { is: 'present', attribute: 'mail' },
                { is: 'approximate', attribute: 'o', value: 'y' },
                { is: 'extensible', attribute: 'ou', rule: 'caseIgnoreMatch', value: 'z', dnAttributes: true },
              ],
            },
          ],
        },
        attributes: ['cn', '+'],
      },
      controls: [],
    });
  });

  test('delete, compare, modify DN, abandon, extended, unbind', () => {
    const requests = [
      new messages.DeleteRequest({ messageId: 2, entry: 'cn=x,dc=y' }),
      new messages.CompareRequest({ messageId: 3, entry: 'cn=x', attribute: 'sn', value: 'v' }),
      new messages.ModifyDnRequest({ messageId: 4, entry: 'cn=x,dc=y', newRdn: 'cn=z', deleteOldRdn: true, newSuperior: 'dc=q' }),
      new messages.AbandonRequest({ messageId: 5, abandonId: 4 }),
      new messages.ExtensionRequest({ messageId: 6, requestName: '1.3.6.1.4.1.4203.1.11.3' }),
      new messages.UnbindRequest({ messageId: 7 }),
    ].map((each) => {
      const message = decode(each.toBer().buffer);
      return message instanceof WireError ? message : message.request;
    });
    expect(requests).toEqual([
      { is: 'delete', name: 'cn=x,dc=y' },
      { is: 'compare', name: 'cn=x', attribute: 'sn', value: 'v' },
      { is: 'modifyDN', name: 'cn=x,dc=y', newRdn: 'cn=z', deleteOldRdn: true, newSuperior: 'dc=q' },
      { is: 'abandon', messageId: 4 },
      { is: 'extended', oid: '1.3.6.1.4.1.4203.1.11.3', value: undefined },
      { is: 'unbind' },
    ]);
  });
});

describe('hostile requests', () => {
  const sample = new messages.SearchRequest({
    messageId: 1,
    baseObject: 'dc=x',
    scope: 'sub',
    filter: filterStrings.parseString('(cn=a*b)'),
    attributes: ['cn'],
  }).toBer().buffer;

  test('are errors when they end early, at any byte', () => {
    for (let length = 0; length < sample.length; length++) expect(decode(sample.subarray(0, length))).toBeInstanceOf(WireError);
  });

  test('never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decode(Buffer.from(bytes));
        decode(Buffer.concat([Buffer.from([0x30, bytes.length & 0x7f, 2, 1, 1, 0x63]), bytes]));
      }),
    );
  });

  test('a value length that reaches beyond its message', () => {
    expect(decode(Buffer.from('301602010168110402644b300b30090402636e310304ff61', 'hex'))).toBeInstanceOf(WireError);
  });

  test('message ids below 1', () => {
    for (const id of ['00', 'ff']) expect(decode(Buffer.from(`30050201${id}4200`, 'hex'))).toBeInstanceOf(WireError);
  });
});

test('bytes that are not UTF-8 stay bytes; names of them are no names', () => {
  // Compare of the attribute "cn" with the byte ff, in an entry named by the byte ff.
  const message = decode(Buffer.from('3011020101' + '6e0c0401ff' + '30070402636e0401ff', 'hex'));
  expect(message).toMatchObject({ request: { name: '\ufffd', attribute: 'cn', value: Uint8Array.of(0xff) } });
});
