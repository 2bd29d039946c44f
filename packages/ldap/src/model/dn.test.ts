import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBelow, parentKey, parseDn } from './dn.ts';
import { standardSchema } from './schema/standard.ts';

const schema = standardSchema();
const parse = (text: string): ReturnType<typeof parseDn> => parseDn(text, schema);

describe("names in slapd's spelling", () => {
  test.each([
    ['', ''],
    ['CN=Admin, DC=Example,dc=com', 'cn=Admin,dc=Example,dc=com'],
    ['commonName=alias', 'cn=alias'],
    ['2.5.4.3=oid', 'cn=oid'],
    ['OID.2.5.4.3=oid', 'cn=oid'],
    ['cn=Smith\\, John', 'cn=Smith\\2C John'],
    ['cn="quoted, x"', 'cn=quoted\\2C x'],
    ['sn=b+cn=a', 'cn=a+sn=b'],
    ['cn=\\ a', 'cn=\\20a'],
    ['cn=a\\ ', 'cn=a\\20'],
    ['cn=a\\\\ ', 'cn=a\\5C'],
    ['cn=\\#x', 'cn=\\23x'],
    ['cn=M\\c3\\bcller', 'cn=Müller'],
    ['cn=a=b', 'cn=a\\3Db'],
    ['cn=nul\\00x', 'cn=nul\\00x'],
    ['cn=a;dc=b', 'cn=a,dc=b'],
  ])('%s', (text, expected) => {
    expect(parse(text)?.text).toBe(expected);
  });
});

test.each([
  'foo',
  'foo=x',
  'cn',
  'cn=',
  'cn=a,',
  ',cn=a',
  'cn=a+',
  'cn=a+cn=b',
  'cn=<x>',
  'cn=q"q',
  'cn=#04024869',
  'cn=a\\',
  'cn=\\ff',
  '\ufffd',
])('%s is no name', (text) => {
  expect(parse(text)).toBeUndefined();
});

test('spellings of one name have one key', () => {
  const keys = ['cn=Ann Smith,dc=x', 'CN = ann  smith , DC=X', '2.5.4.3=\\41NN Smith;dc=x'].map((text) => parse(text)?.key);
  expect(new Set(keys)).toEqual(new Set(['cn=ann smith,dc=x']));
});

test('a comma within a value is no border between entries', () => {
  const tricky = parse('cn=a\\,dc\\=x,dc=com')?.key ?? '';
  expect(isBelow(tricky, 'dc=com')).toBe(true);
  expect(isBelow(tricky, parse('dc=x,dc=com')?.key ?? '')).toBe(false);
  expect(parentKey(tricky)).toBe('dc=com');
});

test('any value survives: escaped, parsed, escaped again', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
      const escaped = value.replace(/[\0"+,;<=>\\# ]/g, (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
      const dn = parse(`cn=${escaped},dc=com`);
      expect(dn?.rdns[0]?.avas[0]?.value).toBe(value);
      expect(parse(dn?.text ?? '')).toMatchObject({ text: dn?.text, key: dn?.key });
    }),
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('c', 'n', '=', ',', '+', '\\', ' ', '"', '#', 'f', '\n', 'é') }),
      (text) => void parse(text),
    ),
  );
});

describe('hostile names', () => {
  test('beyond 8,192 bytes are none, as for slapd', () => {
    expect(parse(`cn=${'x'.repeat(8_189)}`)).toBeDefined();
    expect(parse(`cn=${'x'.repeat(8_190)}`)).toBeUndefined();
    expect(parse(`cn=${'é'.repeat(4_095)}`)).toBeUndefined();
  });

  test.each([
    ['spaces within', `cn=a${' '.repeat(8_000)}b`],
    ['backslashes', `cn=${'\\\\'.repeat(4_000)}b`],
    ['backslashes before a space', `cn=${'\\\\'.repeat(4_000)}b `],
    ['RDNs', 'c=a,'.repeat(2_047).slice(0, -1)],
  ])('%s take no time', (_, text) => {
    parse(text.slice(0, 20));
    const started = performance.now();
    for (let round = 0; round < 10; round++) parse(text);
    expect(performance.now() - started).toBeLessThan(300);
  });
});
