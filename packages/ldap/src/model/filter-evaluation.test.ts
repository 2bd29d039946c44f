import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributeOf, type Entry } from './entry.ts';
import type { Filter } from './filter.ts';
import { compileFilter, type Truth } from './filter-evaluation.ts';
import { parseFilter } from './filter-string.ts';
import { standardSchema } from './schema/standard.ts';

const schema = standardSchema();
const given: Readonly<Record<string, readonly string[]>> = {
  objectClass: ['inetOrgPerson', 'posixAccount'],
  cn: ['Ann  Smith', 'Annie'],
  sn: ['Smith'],
  uidNumber: ['1000'],
  'description;lang-de': ['Hallo'],
  createTimestamp: ['20240229120000Z'],
  telephoneNumber: ['+1 555-0100'],
};

const entry: Entry = {
  id: 1,
  dn: 'cn=Annie,ou=People,dc=x',
  key: 'cn=annie,ou=people,dc=x',
  rdn: { avas: [], text: 'cn=Annie', key: 'cn=annie' },
  attributes: Object.entries(given).flatMap(([name, values]) => {
    const description = schema.find(name);
    return description === undefined ? [] : [attributeOf(description, values, schema)];
  }),
};

const evaluate = (filter: Filter | string): Truth =>
  compileFilter(typeof filter === 'string' ? parseFilter(filter) : filter, {
    schema,
    hasSubordinates: () => false,
    guard: () => undefined,
  })(entry);

test.each<[string, Truth]>([
  ['(cn=ANN smith)', true],
  ['(cn= ann    smith )', true],
  ['(name=annie)', true],
  ['(cn=bob)', false],
  ['(mail=x)', false],
  ['(nosuch=x)', undefined],
  ['(!(nosuch=x))', undefined],
  ['(uidNumber=x)', undefined],
  ['(uidNumber>=999)', true],
  ['(uidNumber<=999)', false],
  // slapd has no ordering rule for names.
  ['(cn>=a)', undefined],
  ['(createTimestamp>=20240101000000Z)', true],
  ['(cn=ann*smi*h)', true],
  ['(cn=*nn*nn*)', false],
  ['(telephoneNumber=+15550100)', true],
  ['(telephoneNumber=*55501*)', true],
  ['(sn~=smyth)', true],
  ['(objectClass=person)', true],
  ['(objectClass=2.5.6.6)', true],
  ['(objectClass=device)', false],
  ['(objectClass=nosuch)', undefined],
  ['(description=hallo)', true],
  ['(description;lang-de=hallo)', true],
  ['(description;lang-fr=hallo)', false],
  ['(ou:dn:=people)', true],
  ['(cn:caseExactMatch:=annie)', false],
  ['(cn:caseExactMatch:=Annie)', true],
  ['(:caseIgnoreMatch:=smith)', true],
  ['(uidNumber:1.2.840.113556.1.4.803:=8)', true],
  ['(uidNumber:1.2.840.113556.1.4.803:=9)', false],
  ['(uidNumber:1.2.840.113556.1.4.804:=9)', true],
  ['(entryDN=CN=annie,OU=people,DC=X)', true],
  ['(hasSubordinates=FALSE)', true],
  ['(&)', true],
  ['(|)', false],
])('%s is %s', (filter, expected) => {
  expect(evaluate(filter)).toBe(expected);
});

const leaves: ReadonlyMap<string, Truth> = new Map([
  ['(sn=smith)', true],
  ['(sn=jones)', false],
  ['(nosuch=x)', undefined],
]);

/** RFC 4511 §4.5.1.7, word by word. */
function oracle(filter: Filter): Truth {
  if (filter.is === 'not') {
    const truth = oracle(filter.filter);
    return truth === undefined ? undefined : !truth;
  }
  if (filter.is === 'equality') return leaves.get(`(${filter.attribute}=${String(filter.value)})`);
  if (filter.is !== 'and' && filter.is !== 'or') throw new Error(filter.is);
  const truths = filter.filters.map(oracle);
  const decisive = filter.is === 'or';
  if (truths.includes(decisive)) return decisive;
  return truths.includes(undefined) ? undefined : !decisive;
}

const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(...leaves.keys()).map(parseFilter),
    fc.record({ is: fc.constantFrom('and', 'or'), filters: fc.array(tie('filter'), { maxLength: 4 }) }),
    fc.record({ is: fc.constant('not' as const), filter: tie('filter') }),
  ),
}));

test('three-valued logic', () => {
  fc.assert(
    fc.property(filter, (each) => {
      expect(evaluate(each)).toBe(oracle(each));
    }),
  );
});
