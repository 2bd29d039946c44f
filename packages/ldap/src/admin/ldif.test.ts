import { describe, expect, test } from 'vitest';
import { LdifError, parseLdif } from './ldif.ts';

test('content records: folded lines, base64, comments, a version, scattered values', () => {
  const records = parseLdif(`version: 1
# a comment
#  that goes
 on
dn: cn=x,dc=
 com
objectClass: person
cn:x
sn:: w6k=
jpegPhoto:: /9g=
objectClass: top

dn:: ZGM9Y29t\r
o: y \r
`);
  expect(records).toEqual([
    {
      line: 5,
      is: 'add',
      dn: 'cn=x,dc=com',
      attributes: [
        { name: 'objectClass', values: ['person', 'top'] },
        { name: 'cn', values: ['x'] },
        { name: 'sn', values: ['é'] },
        { name: 'jpegPhoto', values: [Uint8Array.of(0xff, 0xd8)] },
      ],
    },
    { line: 13, is: 'add', dn: 'dc=com', attributes: [{ name: 'o', values: ['y '] }] },
  ]);
});

test('change records', () => {
  const records = parseLdif(`dn: cn=a
changetype: modify
add: mail
mail: x@y
mail: z@y
-
delete: sn
-
replace: cn
cn: b

dn: cn=b
changetype: modrdn
newrdn: cn=c
deleteoldrdn: 1
newsuperior: dc=z

dn: cn=c
changetype: delete

dn: cn=d
changetype: add
cn: d
`);
  expect(records).toMatchObject([
    {
      is: 'modify',
      changes: [
        { kind: 'add', values: ['x@y', 'z@y'] },
        { kind: 'delete', attribute: 'sn', values: [] },
        { kind: 'replace', values: ['b'] },
      ],
    },
    { is: 'modrdn', newRdn: 'cn=c', deleteOldRdn: true, newSuperior: 'dc=z' },
    { is: 'delete', dn: 'cn=c' },
    { is: 'add', attributes: [{ name: 'cn', values: ['d'] }] },
  ]);
});

test('nothing is no records', () => {
  expect(parseLdif('')).toEqual([]);
  expect(parseLdif('version: 1\n\n# only a comment\n')).toEqual([]);
});

describe('errors name the line', () => {
  test.each([
    ['cn: x', 1, 'expected "dn: …", found "cn"'],
    ['dn: cn=x\nmail ann@example.com', 2, 'expected "attribute: value", found "mail ann@example.com"'],
    ['dn: cn=x', 1, 'expected attributes after "dn: …", found none'],
    ['dn: cn=x\ncn:: %%', 2, 'expected base64 after "cn::", found "%%"'],
    ['dn: cn=x\njpegPhoto:< file:///etc/passwd', 2, 'expected the value itself, found a URL'],
    ['dn: cn=x\n\n oops', 3, 'nothing to continue'],
    ['version: 2\ndn: cn=x', 1, 'expected "version: 1"'],
    ['dn: cn=x\nchangetype: upsert', 2, 'expected "changetype: add"'],
    ['dn: cn=x\nchangetype: modify\nadd: cn\nsn: x', 4, 'expected "cn:" or "-", found "sn:"'],
    ['dn: cn=x\nchangetype: modrdn\nnewrdn: cn=y\ndeleteoldrdn: yes', 4, 'expected "deleteoldrdn: 0"'],
  ])('%j', (text, line, expected) => {
    try {
      parseLdif(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(LdifError);
      expect(error).toMatchObject({ line, message: expect.stringContaining(expected) });
    }
  });
});
