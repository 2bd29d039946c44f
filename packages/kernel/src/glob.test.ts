import { describe, expect, test } from 'vitest';
import { glob } from './glob.ts';

describe('glob', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything\nat all', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a*c', 'abc', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*b*b*', 'ab', false],
    ['*b*b*', 'abab', true],
    ['*ab*ab', 'xabab', true],
    ['*ab*ab', 'xab', false],
    ['a**c', 'ac', true],
    ['a.c', 'abc', false],
    ['(*)', '(x)', true],
  ])('%j and %j: %s', (pattern, text, expected) => {
    expect(glob(pattern)(text)).toBe(expected);
  });

  test('takes its time in proportion to the text', () => {
    const matches = glob(`${'*a'.repeat(20)}*b`);
    const started = performance.now();
    expect(matches('a'.repeat(1_000_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
