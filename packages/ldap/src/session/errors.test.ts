import { expect, test } from 'vitest';
import { condition } from '../model/condition.ts';
import { codeName, faultCode, resultOf } from './errors.ts';

test.each([
  [condition('noSuchObject', { matched: 'dc=x' }), { code: 32, matchedDn: 'dc=x' }],
  [
    condition('attributeMissing', { objectClass: 'person', attribute: 'sn' }),
    { code: 65, text: "object class 'person' requires attribute 'sn'" },
  ],
  [condition('badDescription', { name: 'foo', problem: 'undefined' }), { code: 17, text: 'foo: attribute type undefined' }],
  [condition('accessDenied', { to: 'parent' }), { code: 50, text: 'no write access to parent' }],
])('%j', (given, expected) => {
  expect(resultOf(given)).toEqual(expected);
});

test('codes of fault rules: numbers and names', () => {
  expect([51, '51', 'busy', 'BUSY', 'noSuchObject', 'NO_SUCH_OBJECT', undefined].map(faultCode)).toEqual([51, 51, 51, 51, 32, 32, 80]);
  expect(['nonsense', -1, 1.5].map(faultCode)).toEqual([undefined, undefined, undefined]);
  expect([codeName(32), codeName(4711)]).toEqual(['noSuchObject', '4711']);
});
