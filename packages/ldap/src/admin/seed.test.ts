import { ControlError, SeedError, World } from '@wirelike/kernel';
import { describe, expect, test } from 'vitest';
import ldap from '../index.ts';
import { Directory } from '../model/directory.ts';

function directoryOf(text: string, settings: Readonly<Record<string, string>> = {}): Directory {
  const world = new World({
    name: 'seed',
    emulators: [ldap],
    seeds: { ldap: [{ kind: 'file', path: 'people.ldif', text }] },
    settings: { ldap: settings },
  });
  const model = world.model('ldap');
  if (!(model instanceof Directory)) throw new Error('not a directory');
  return model;
}

const BASE = 'dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n';

test('content and change records are applied in order', () => {
  const directory = directoryOf(`${BASE}
dn: ou=a,dc=example,dc=com
objectClass: organizationalUnit

dn: ou=a,dc=example,dc=com
changetype: modify
add: description
description: changed

dn: ou=a,dc=example,dc=com
changetype: modrdn
newrdn: ou=b
deleteoldrdn: 1
`);
  expect(directory.find('(description=changed)').map(({ dn }) => dn)).toEqual(['ou=b,dc=example,dc=com']);
});

test('what slapcat wrote keeps its operational attributes', () => {
  const uuid = '3f0fbe30-5d0c-103f-8d0e-5f2ee1f6a7b5';
  const directory = directoryOf(
    `${BASE}structuralObjectClass: domain\nentryUUID: ${uuid}\ncreatorsName: cn=root\ncreateTimestamp: 20200101000000Z\n`,
  );
  expect(directory.find(`(entryUUID=${uuid})`)).toHaveLength(1);
  expect(directory.find('(createTimestamp=20200101000000Z)')).toHaveLength(1);
});

describe('an error names file, line and what was expected', () => {
  test.each([
    [`${BASE}\ndn: ou=x,dc=example,dc=com\nou x\n`, 'people.ldif:6: expected "attribute: value", found "ou x"'],
    [
      `${BASE}\ndn: cn=x,dc=example,dc=com\nobjectClass: person\n`,
      'people.ldif:5: cn=x,dc=example,dc=com: expected sn, which person requires',
    ],
    [
      `${BASE}\ndn: cn=x,ou=y,dc=example,dc=com\nobjectClass: device\n`,
      'expected the entry above to exist (the nearest that does is dc=example,dc=com)',
    ],
    [`${BASE}\ndn: dc=org\nobjectClass: domain\n`, "people.ldif:5: dc=org: expected a name at or below the directory's base"],
    [`${BASE}\ndn: cn=x,dc=example,dc=com\nobjectClass: device\nfoo: 1\n`, 'expected an attribute that the schema knows, found "foo"'],
    [
      `${BASE}\ndn: cn=x,dc=example,dc=com\nobjectClass: devise\n`,
      'people.ldif:5: cn=x,dc=example,dc=com: expected an object class that the schema knows, found "devise" (--set ldap.schema=lenient',
    ],
    [
      `${BASE}\ndn: cn=x,dc=example,dc=com\nobjectClass: device\nserialNumber: é\n`,
      'expected a value of serialNumber in its syntax, found "é"',
    ],
    [`${BASE}\n${BASE}`, 'people.ldif:5: dc=example,dc=com: expected a new name'],
  ])('%j', (text, message) => {
    expect(() => directoryOf(text)).toThrow(SeedError);
    expect(() => directoryOf(text)).toThrow(message);
  });

  test('in a YAML seed too', () => {
    const section = { kind: 'section', path: 'world.yaml', value: { ldif: `${BASE}\nnonsense\n` }, line: () => 10 } as const;
    const open = (): World => new World({ name: 'seed', emulators: [ldap], seeds: { ldap: [section] } });
    // The block starts below the key in line 10; its fifth line is wrong.
    expect(open).toThrow('world.yaml:15: expected "attribute: value", found "nonsense"');
  });
});

test('settings: another base, the lenient mode', () => {
  const text = 'dn: o=Acme\nobjectClass: organization\nshoeSize: 43\n';
  expect(directoryOf(text, { base_dn: 'o=Acme', bind_dn: 'cn=root', schema: 'lenient' }).find('(shoeSize=43)')).toHaveLength(1);
  const world = new World({ name: 'seed', emulators: [ldap], settings: { ldap: { base_dn: 'o=Acme' } } });
  expect(world.environment()).toMatchObject({ LDAP_BASE_DN: 'o=Acme', LDAP_BIND_DN: 'cn=admin,o=Acme', LDAP_BIND_PASSWORD: 'secret' });
});

test.each([
  [{ base_dn: 'example.com' }, 'ldap: the base DN is not a distinguished name: example.com'],
  [{ bind_dn: 'root' }, 'ldap: the administrator is not a distinguished name: root'],
  [{ schema: 'loose' }, 'ldap.schema is strict or lenient, not loose'],
])('%j is refused with a sentence', (settings, message) => {
  expect(() => new World({ name: 'seed', emulators: [ldap], settings: { ldap: settings } })).toThrow(new ControlError(message));
});
