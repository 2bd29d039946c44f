import { Clock, DumpError, Random } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seedDefault } from '../admin/default-seed.ts';
import { Directory, DirectoryOptionsError } from './directory.ts';
import type { Entry } from './entry.ts';
import type { Change, GivenAttribute } from './modification.ts';
import { standardSchema } from './schema/standard.ts';

const BASE = 'dc=example,dc=com';

function emptyDirectory(schema = standardSchema()): Directory {
  const clock = new Clock();
  clock.freeze();
  return new Directory({ clock, random: new Random('test'), baseDn: BASE, adminDn: `cn=admin,${BASE}`, adminPassword: 'secret', schema });
}

function seededDirectory(): Directory {
  const directory = emptyDirectory();
  seedDefault(directory);
  return directory;
}

const given = (attributes: Readonly<Record<string, readonly string[]>>): readonly GivenAttribute[] =>
  Object.entries(attributes).map(([name, values]) => ({ name, values }));
const person = (cn: string): readonly GivenAttribute[] => given({ objectClass: ['person'], cn: [cn], sn: ['x'] });
const values = (entry: Entry | undefined): unknown =>
  Object.fromEntries(
    (entry?.attributes ?? [])
      .filter(({ description }) => !description.type.operational)
      .map((each) => [each.description.name, each.values]),
  );
const names = (directory: Directory, filter?: string, base?: string): readonly string[] => directory.find(filter, base).map(({ dn }) => dn);

describe('entries', () => {
  test('are stored in the spelling of the schema, with the values of their RDN and who added them when', () => {
    const directory = seededDirectory();
    expect(
      directory.add(`CN=New+SN=One, OU=People,${BASE}`, given({ OBJECTCLASS: ['person'], surname: ['Two'], seealso: ['CN=a , DC=b'] })),
    ).toBeUndefined();
    const entry = directory.entry(`sn=one+cn=NEW,ou=people,${BASE}`);
    expect(entry?.dn).toBe(`cn=New+sn=One,ou=People,${BASE}`);
    expect(values(entry)).toEqual({ objectClass: ['person'], sn: ['Two', 'One'], seeAlso: ['cn=a,dc=b'], cn: ['New'] });
    expect(entry?.attributes.map(({ description }) => description.name)).toEqual(
      expect.arrayContaining([
        'structuralObjectClass',
        'entryUUID',
        'creatorsName',
        'createTimestamp',
        'entryCSN',
        'modifiersName',
        'modifyTimestamp',
      ]),
    );
  });

  test('are modified as a whole or not at all', () => {
    const directory = seededDirectory();
    const dn = `uid=ann,ou=people,${BASE}`;
    const before = directory.entry(dn);
    const changes: readonly Change[] = [
      { kind: 'replace', attribute: 'description', values: ['new'] },
      { kind: 'delete', attribute: 'sn', values: [] },
    ];
    expect(directory.modify(dn, changes)).toMatchObject({ name: 'attributeMissing' });
    expect(directory.entry(dn)).toBe(before);
    expect(directory.modify(dn, [{ kind: 'increment', attribute: 'uidNumber', values: ['-1001'] }])).toBeUndefined();
    expect(values(directory.entry(dn))).toMatchObject({ uidNumber: ['-1'] });
  });

  test('are renamed with everything below them; parents stay older than their children', () => {
    const directory = seededDirectory();
    directory.add(`ou=new,${BASE}`, given({ objectClass: ['organizationalUnit'] }));
    expect(
      directory.rename(`ou=people,${BASE}`, { newRdn: 'ou=staff', deleteOldRdn: true, newSuperior: `ou=new,${BASE}` }),
    ).toBeUndefined();
    expect(names(directory, undefined, `ou=new,${BASE}`)).toEqual([
      `ou=new,${BASE}`,
      `ou=staff,ou=new,${BASE}`,
      ...['ann', 'bob', 'cyd'].map((uid) => `uid=${uid},ou=staff,ou=new,${BASE}`),
    ]);
    expect(names(directory, '(uid=ann)')).toEqual([`uid=ann,ou=staff,ou=new,${BASE}`]);
    expect(directory.entry(`ou=people,${BASE}`)).toBeUndefined();
    expect(
      directory.rename(`ou=new,${BASE}`, { newRdn: 'ou=new', deleteOldRdn: false, newSuperior: `ou=staff,ou=new,${BASE}` }),
    ).toMatchObject({ name: 'belowItself' });
  });

  test('are deleted once nothing is below them', () => {
    const directory = seededDirectory();
    expect(directory.delete(`ou=groups,${BASE}`)).toMatchObject({ name: 'hasSubordinates' });
    expect(directory.delete(`cn=staff,ou=groups,${BASE}`)).toBeUndefined();
    expect(directory.delete(`ou=groups,${BASE}`)).toBeUndefined();
    expect(directory.delete(`ou=groups,${BASE}`)).toMatchObject({ name: 'noSuchObject', details: { matched: BASE } });
  });
});

describe('bind', () => {
  const directory = seededDirectory();
  const ann = `uid=ann,ou=people,${BASE}`;

  test.each([
    ['{SSHA}', '{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0', 'secret'],
    ['{sha}', '{sha}5en6G6MezRroT3XKqkdPOmY/BfQ=', 'secret'],
    ['{MD5}', '{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==', 'secret'],
    ['plain', 'secret', 'secret'],
    ['{CLEARTEXT}', '{CLEARTEXT}secret', 'secret'],
  ])('%s', (_, stored, password) => {
    expect(directory.modify(ann, [{ kind: 'replace', attribute: 'userPassword', values: [stored] }])).toBeUndefined();
    expect(directory.bind(ann, password)).toMatchObject({ is: 'entry', dn: ann });
    expect(directory.bind(ann, `${password}x`)).toMatchObject({ name: 'invalidCredentials' });
  });

  test('anonymous, administrator, and who has no password', () => {
    expect(directory.bind('', '')).toEqual({ is: 'anonymous' });
    expect(directory.bind(`CN=Admin,${BASE}`, 'secret')).toMatchObject({ is: 'administrator' });
    expect(directory.bind(ann, '')).toMatchObject({ name: 'passwordMissing' });
    expect(directory.bind(`ou=people,${BASE}`, 'x')).toMatchObject({ name: 'invalidCredentials' });
    expect(directory.bind('nobody', 'x')).toMatchObject({ name: 'invalidName' });
  });
});

describe('state', () => {
  test('a snapshot is restored any number of times, in any order', () => {
    const directory = seededDirectory();
    const first = directory.snapshot();
    const empty = names(directory);
    directory.add(`cn=a,${BASE}`, person('a'));
    const second = directory.snapshot();
    directory.delete(`cn=a,${BASE}`);
    directory.add(`cn=b,${BASE}`, person('b'));
    for (let round = 0; round < 2; round++) {
      directory.restore(second);
      expect(names(directory)).toEqual([...empty, `cn=a,${BASE}`]);
      directory.restore(first);
      expect(names(directory)).toEqual(empty);
      expect(names(directory, '(cn=a)')).toEqual([]);
    }
    directory.reset();
    expect(directory.size).toBe(0);
    directory.restore(second);
    expect(directory.size).toBe(empty.length + 1);
  });

  test('a dump is JSON, and loads into another directory', () => {
    const directory = seededDirectory();
    directory.modify(`uid=ann,ou=people,${BASE}`, [{ kind: 'add', attribute: 'jpegPhoto', values: [Uint8Array.of(0xff, 0xd8)] }]);
    const text = JSON.stringify(directory.dump());
    const other = emptyDirectory();
    other.load(JSON.parse(text));
    expect(JSON.stringify(other.dump())).toBe(text);
    expect(names(other, '(jpegPhoto=*)')).toEqual([`uid=ann,ou=people,${BASE}`]);
  });

  test('a dump that does not fit changes nothing', () => {
    const directory = seededDirectory();
    const { size } = directory;
    const { state } = directory.dump();
    for (const dump of [
      { emulator: 'amqp', version: 1, state },
      { emulator: 'ldap', version: 2, state },
      { emulator: 'ldap', version: 1, state: { lastId: 1, entries: [{ id: 1, dn: 'dc=org', attributes: [] }] } },
      { emulator: 'ldap', version: 1, state: { lastId: 1, entries: [{ id: 1, dn: BASE, attributes: [['nosuch', []]] }] } },
      { emulator: 'ldap', version: 1, state: 7 },
    ]) {
      expect(() => directory.load(dump)).toThrow(DumpError);
    }
    expect(directory.size).toBe(size);
  });

  test('names that are none are refused', () => {
    const options = { clock: new Clock(), random: new Random(1), adminDn: `cn=admin,${BASE}`, adminPassword: 'x' };
    expect(() => new Directory({ ...options, baseDn: 'example.com' })).toThrow(DirectoryOptionsError);
  });
});

test('the lenient mode takes what the schema does not know', () => {
  const directory = emptyDirectory(standardSchema(true));
  expect(directory.add(BASE, given({ objectClass: ['whatever'], favouriteColour: ['blue'] }))).toBeUndefined();
  expect(names(directory, '(favouriteColour=BLUE)')).toEqual([BASE]);
  expect(names(directory, '(objectClass=Whatever)')).toEqual([BASE]);
  expect(directory.modify(BASE, [{ kind: 'add', attribute: 'projectManager', values: ['cn=nobody'] }])).toBeUndefined();
});

type Action =
  | { readonly is: 'add' | 'delete'; readonly who: string }
  | { readonly is: 'modify'; readonly who: string; readonly change: Change }
  | { readonly is: 'rename'; readonly who: string; readonly to: string }
  | { readonly is: 'mark' | 'restore' };

const who = fc.constantFrom('a', 'b', 'c', 'd');
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('add', 'delete', 'replace'),
  attribute: fc.constantFrom('sn', 'cn', 'objectClass', 'title', 'description', 'uidNumber'),
  values: fc.array(fc.constantFrom('person', 'inetOrgPerson', 'a', 'b', '1', ''), { maxLength: 2 }),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ is: fc.constantFrom('add', 'delete'), who }),
  fc.record({ is: fc.constant('modify' as const), who, change }),
  fc.record({ is: fc.constant('rename' as const), who, to: who }),
  fc.record({ is: fc.constantFrom('mark', 'restore') }),
);

test('whatever happens, entries keep to the schema and indexes agree with a search of everything', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const directory = seededDirectory();
      // Enough entries that searches use indexes.
      for (let n = 0; n < 70; n++) directory.add(`cn=filler ${n},ou=groups,${BASE}`, person(`filler ${n}`));
      let marked = directory.snapshot();
      const dn = (name: string): string => `cn=${name},ou=people,${BASE}`;
      for (const each of actions) {
        if (each.is === 'add') directory.add(dn(each.who), person(each.who));
        else if (each.is === 'delete') directory.delete(dn(each.who));
        else if (each.is === 'modify') directory.modify(dn(each.who), [each.change]);
        else if (each.is === 'rename') directory.rename(dn(each.who), { newRdn: `cn=${each.to}`, deleteOldRdn: true });
        else if (each.is === 'mark') marked = directory.snapshot();
        else directory.restore(marked);
        directory.find('(sn=a)');
      }
      for (const name of ['a', 'b', 'person']) {
        for (const attribute of ['cn', 'sn', 'title', 'description']) {
          // A negation can't use an index.
          expect(names(directory, `(${attribute}=${name})`)).toEqual(names(directory, `(!(!(${attribute}=${name})))`));
          expect(names(directory, `(${attribute}=*${name}*)`)).toEqual(names(directory, `(!(!(${attribute}=*${name}*)))`));
        }
      }
      for (const entry of directory.find('(objectClass=person)', `ou=people,${BASE}`)) {
        const attributes: Readonly<Record<string, unknown>> = Object(values(entry));
        const [ava] = entry.rdn.avas;
        expect(attributes).toMatchObject({ sn: expect.anything(), cn: expect.anything() });
        expect(attributes[ava?.type.name ?? '']).toContain(ava?.value);
      }
      const ids = directory.entries().map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other));
    }),
    { numRuns: 60 },
  );
});
