// Messages as bytes: what no client library would send, and how much of an answer each gets.

/** An element of BER with a definite length. */
export function tlv(tag: number, ...content: readonly (Buffer | string | number)[]): Buffer {
  const body = Buffer.concat(
    content.map((each) => (typeof each === 'string' ? Buffer.from(each, 'utf8') : typeof each === 'number' ? Buffer.from([each]) : each)),
  );
  const length = body.length < 0x80 ? Buffer.from([body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

const integer = (value: number): Buffer => tlv(0x02, value);
const octets = (value: string | Buffer, tag = 0x04): Buffer => tlv(tag, value);
const boolean = (value: boolean): Buffer => tlv(0x01, value ? 0xff : 0);
const message = (operation: Buffer, controls: readonly Buffer[] = []): Buffer =>
  tlv(0x30, integer(5), operation, ...(controls.length > 0 ? [tlv(0xa0, ...controls)] : []));
const control = (oid: string, ...value: readonly Buffer[]): Buffer => tlv(0x30, octets(oid), boolean(true), ...value);

interface SearchParts {
  readonly base?: string;
  readonly scope?: number;
  readonly deref?: number;
  readonly filter?: Buffer;
}

function search({ base = '', scope = 0, deref = 0, filter = octets('objectClass', 0x87) }: SearchParts): Buffer {
  return tlv(0x63, octets(base), tlv(10, scope), tlv(10, deref), integer(0), integer(0), boolean(false), filter, tlv(0x30, octets('1.1')));
}

const bind = (version: number): Buffer => tlv(0x60, integer(version), octets(''), octets('', 0x80));
const paged = (value: Buffer): Buffer => control('1.2.840.113556.1.4.319', octets(value));
const BASE = 'dc=example,dc=com';

function nested(depth: number): Buffer {
  let filter = octets('cn', 0x87);
  for (let level = 0; level < depth; level++) filter = tlv(0xa2, filter);
  return filter;
}

/** Those after which the server hangs up. */
export const LAST_WORDS: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['a bind of nothing', message(tlv(0x60))],
  ['an extended operation of nothing', message(tlv(0x77))],
  ['a response', message(tlv(0x61))],
  ['an unbind', message(tlv(0x42))],
];

export const MESSAGES: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['an anonymous bind', message(bind(3))],
  ['a bind with version 1', message(bind(1))],
  ['a bind with version 2', message(bind(2))],
  ['a bind with version 4', message(bind(4))],
  ['a bind with an unknown choice', message(tlv(0x60, integer(3), octets(''), octets('x', 0x81)))],
  ['a SASL bind without a mechanism', message(tlv(0x60, integer(3), octets(''), tlv(0xa3, octets(''))))],
  ['a search', message(search({}))],
  ['a search in scope 4', message(search({ scope: 4 }))],
  ['a search with deref 5', message(search({ deref: 5 }))],
  ['a search one level below the root', message(search({ scope: 1 }))],
  ['a search of the subschema', message(search({ base: 'cn=subschema' }))],
  ['a search below the subschema', message(search({ base: 'cn=subschema', scope: 2 }))],
  ['a search below a name of 8,192 bytes', message(search({ base: `cn=${'x'.repeat(8_189)}` }))],
  ['a search below a name of 8,193 bytes', message(search({ base: `cn=${'x'.repeat(8_190)}` }))],
  ['a search below a name of 8,193 bytes in 4,098 characters', message(search({ base: `cn=${'é'.repeat(4_095)}` }))],
  ['a search below spaces within a name', message(search({ base: `cn=a${' '.repeat(8_000)}b` }))],
  ['a search below an escaped space at the end', message(search({ base: 'cn=a\\\\\\  ,dc=example,dc=com' }))],
  ['an unknown filter', message(search({ filter: tlv(0xaf) }))],
  ['an empty conjunction', message(search({ filter: tlv(0xa0) }))],
  ['an empty disjunction', message(search({ filter: tlv(0xa1) }))],
  ['substrings of nothing', message(search({ filter: tlv(0xa4, octets('cn'), tlv(0x30)) }))],
  ['substrings in the wrong order', message(search({ filter: tlv(0xa4, octets('cn'), tlv(0x30, octets('a', 0x82), octets('b', 0x80))) }))],
  ['an extensible filter without attribute and rule', message(search({ filter: tlv(0xa9, octets('x', 0x83)) }))],
  ['200 negations', message(search({ filter: nested(200) }))],
  ['an element after the operation', message(Buffer.concat([search({}), tlv(0x05)]))],
  ['an unknown extended operation', message(tlv(0x77, octets('1.2.3', 0x80)))],
  ['an extended operation that is no OID', message(tlv(0x77, octets('foo', 0x80)))],
  ['whoami with a value', message(tlv(0x77, octets('1.3.6.1.4.1.4203.1.11.3', 0x80), octets('x', 0x81)))],
  ['an add of nothing', message(tlv(0x68, octets('dc=x'), tlv(0x30)))],
  [
    'an add with a name that is not UTF-8',
    message(tlv(0x68, octets(Buffer.from('dc=\xff', 'latin1')), tlv(0x30, tlv(0x30, octets('dc'), tlv(0x31, octets('x')))))),
  ],
  ['a delete with a name that is not UTF-8', message(octets(Buffer.from('dc=\xff', 'latin1'), 0x4a))],
  [
    'an anonymous add of an unknown attribute',
    message(tlv(0x68, octets(`ou=x,${BASE}`), tlv(0x30, tlv(0x30, octets('foo'), tlv(0x31, octets('x')))))),
  ],
  ['an anonymous add elsewhere', message(tlv(0x68, octets('ou=x,dc=org'), tlv(0x30, tlv(0x30, octets('ou'), tlv(0x31, octets('x'))))))],
  ['an anonymous modify without changes', message(tlv(0x66, octets(BASE), tlv(0x30)))],
  ['an anonymous delete elsewhere', message(octets('dc=org', 0x4a))],
  ['an anonymous rename of the root', message(tlv(0x6c, octets(''), octets('cn=x'), boolean(true)))],
  ['an unknown critical control', message(bind(3), [control('1.2.3')])],
  ['ManageDsaIT', message(search({}), [control('2.16.840.1.113730.3.4.2')])],
  ['two pages', message(search({}), [paged(tlv(0x30, integer(2), octets(''))), paged(tlv(0x30, integer(2), octets('')))])],
  ['a page of garbage', message(search({}), [paged(Buffer.from('x'))])],
];

const SEARCH_RESULT_ENTRY = 0x64;

/** Whether `received` ends with the final answer to one of {@link MESSAGES}. */
export function isAnswered(received: Buffer): boolean {
  let at = 0;
  let last = SEARCH_RESULT_ENTRY;
  while (at + 6 < received.length) {
    const first = received[at + 1] ?? 0;
    const header = first < 0x80 ? 2 : 2 + (first & 0x7f);
    const length = first < 0x80 ? first : received.readUIntBE(at + 2, first & 0x7f);
    if (at + header + length > received.length) return false;
    // Behind the sequence comes the message id, of one byte in all of these.
    last = received[at + header + 3] ?? 0;
    at += header + length;
  }
  return last !== SEARCH_RESULT_ENTRY;
}
