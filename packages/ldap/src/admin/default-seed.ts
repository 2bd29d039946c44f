import type { Directory } from '../model/directory.ts';
import type { GivenAttribute } from '../model/modification.ts';

function attributes(given: Readonly<Record<string, string | readonly string[]>>): readonly GivenAttribute[] {
  return Object.entries(given).map(([name, value]) => ({ name, values: typeof value === 'string' ? [value] : value }));
}

const PEOPLE = [
  { uid: 'ann', givenName: 'Ann', sn: 'Archer', number: 1000 },
  { uid: 'bob', givenName: 'Bob', sn: 'Baker', number: 1001 },
  { uid: 'cyd', givenName: 'Cyd', sn: 'Carter', number: 1002 },
] as const;

/** What a directory holds when nobody says otherwise: three people, whose passwords are their names, and a group. */
export function seedDefault(directory: Directory): void {
  const base = directory.suffix.text;
  const add = (dn: string, given: Readonly<Record<string, string | readonly string[]>>): void => {
    const refused = directory.add(dn, attributes(given));
    if (refused !== undefined) throw new Error(`the default seed: ${dn}: ${refused.name} ${JSON.stringify(refused.details)}`);
  };
  add(base, baseEntry(directory));
  add(`ou=people,${base}`, { objectClass: 'organizationalUnit', ou: 'people' });
  add(`ou=groups,${base}`, { objectClass: 'organizationalUnit', ou: 'groups' });
  for (const { uid, givenName, sn, number } of PEOPLE) {
    add(`uid=${uid},ou=people,${base}`, {
      objectClass: ['inetOrgPerson', 'posixAccount'],
      uid,
      cn: `${givenName} ${sn}`,
      givenName,
      sn,
      mail: `${uid}@example.com`,
      uidNumber: String(number),
      gidNumber: '100',
      homeDirectory: `/home/${uid}`,
      loginShell: '/bin/sh',
      userPassword: uid,
    });
  }
  add(`cn=staff,ou=groups,${base}`, {
    objectClass: 'groupOfNames',
    cn: 'staff',
    member: PEOPLE.map(({ uid }) => `uid=${uid},ou=people,${base}`),
  });
}

/** The suffix decides what kind of entry the base can be. */
function baseEntry(directory: Directory): Readonly<Record<string, string | readonly string[]>> {
  const ava = directory.suffix.rdns[0]?.avas[0];
  const value = typeof ava?.value === 'string' ? ava.value : 'example';
  switch (ava?.type.name) {
    case 'dc':
      return { objectClass: ['dcObject', 'organization'], dc: value, o: value };
    case 'o':
      return { objectClass: 'organization', o: value };
    case 'ou':
      return { objectClass: 'organizationalUnit', ou: value };
    case 'c':
      return { objectClass: 'country', c: value };
    default:
      return { objectClass: ['organization', 'extensibleObject'], o: value };
  }
}
