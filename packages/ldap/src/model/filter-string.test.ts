/// <reference path="../wire/ldapjs-messages.d.ts" />
import filterStrings from '@ldapjs/filter';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Filter } from './filter.ts';
import { FilterStringError, formatFilter, parseFilter } from './filter-string.ts';

describe('parse', () => {
  test.each<[string, Filter]>([
    ['(cn=a)', { is: 'equality', attribute: 'cn', value: 'a' }],
    ['cn=a', { is: 'equality', attribute: 'cn', value: 'a' }],
    ['(cn=)', { is: 'equality', attribute: 'cn', value: '' }],
    ['(cn=*)', { is: 'present', attribute: 'cn' }],
    ['(cn=*a*b*)', { is: 'substrings', attribute: 'cn', initial: undefined, any: ['a', 'b'], final: undefined }],
    ['(cn=\\2a\\28)', { is: 'equality', attribute: 'cn', value: '*(' }],
    ['(cn=\\c3\\bc)', { is: 'equality', attribute: 'cn', value: 'ü' }],
    ['(userPassword=\\ff)', { is: 'equality', attribute: 'userPassword', value: Uint8Array.of(0xff) }],
    ['(cn;lang-de=a)', { is: 'equality', attribute: 'cn;lang-de', value: 'a' }],
    ['(2.5.4.3>=a)', { is: 'greaterOrEqual', attribute: '2.5.4.3', value: 'a' }],
    ['(&)', { is: 'and', filters: [] }],
    [
      '(|(a=1)(!(b=2)))',
      {
        is: 'or',
        filters: [
          { is: 'equality', attribute: 'a', value: '1' },
          { is: 'not', filter: { is: 'equality', attribute: 'b', value: '2' } },
        ],
      },
    ],
    ['(ou:dn:2.5.13.2:=x)', { is: 'extensible', attribute: 'ou', rule: '2.5.13.2', dnAttributes: true, value: 'x' }],
    ['(:caseExactMatch:=x)', { is: 'extensible', attribute: undefined, rule: 'caseExactMatch', dnAttributes: false, value: 'x' }],
  ])('%s', (text, expected) => {
    expect(parseFilter(text)).toEqual(expected);
  });

  test.each([
    '',
    '(',
    '(cn=a',
    '(cn=a))',
    '()',
    '(=a)',
    '(cn)',
    '(!)',
    '(:=x)',
    '(cn=\\zz)',
    `${'(!'.repeat(5_000)}(a=b)${')'.repeat(5_000)}`,
  ])('refuses %s', (text) => {
    expect(() => parseFilter(text)).toThrow(FilterStringError);
  });
});

const attribute = fc.constantFrom('cn', 'sn', 'objectClass', 'mail');

const filters = (value: fc.Arbitrary<string>): fc.Arbitrary<Filter> =>
  fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4 },
      fc.record({ is: fc.constantFrom('equality', 'greaterOrEqual', 'lessOrEqual', 'approximate'), attribute, value }),
      fc.record({ is: fc.constant('present' as const), attribute }),
      fc.record({
        is: fc.constant('substrings' as const),
        attribute,
        initial: value,
        any: fc.array(value, { maxLength: 2 }),
        final: value,
      }),
      fc.record({ is: fc.constantFrom('and', 'or'), filters: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ is: fc.constant('not' as const), filter: tie('filter') }),
    ),
  })).filter;

test('what is formatted is parsed back', () => {
  fc.assert(
    fc.property(filters(fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' })), (each) => {
      expect(parseFilter(formatFilter(each))).toEqual(each);
    }),
  );
});

test("@ldapjs/filter's parser means the same, as far as it goes: it breaks characters beyond the basic plane", () => {
  // Nor does it look where a `:=` stands: one in the value of another item makes it an extensible one.
  const values = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes(':='));
  fc.assert(
    fc.property(filters(values), (each) => {
      const theirs = filterStrings.parseString(formatFilter(each));
      expect(parseFilter(theirs.toString())).toEqual(each);
    }),
  );
});
