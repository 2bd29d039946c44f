import { describe, expect, test } from 'vitest';
import { prepareExact, prepareFragment, prepareIgnoringCase } from './string-preparation.ts';

describe('preparation of strings (RFC 4518)', () => {
  test.each([
    ['Ann  Archer ', 'ann archer'],
    ['ÅSE', 'åse'],
    ['A\u030aSE', 'åse'],
    ['ﬁne', 'fine'],
    ['   ', ' '],
    // Twenty marks are in a text that somebody writes to look odd, and mean the same in any order.
    [`A${'\u0323\u0301'.repeat(10)}`, prepareIgnoringCase(`a${'\u0301\u0323'.repeat(10)}`)],
  ])('%j is %j', (text, expected) => {
    expect(prepareIgnoringCase(text)).toBe(expected);
  });

  test.each([prepareExact, prepareIgnoringCase, (text: string) => prepareFragment(text, true)])(
    'a hundred thousand combining marks take no time',
    (prepare) => {
      const started = performance.now();
      prepare(`a${'\u0301\u0323'.repeat(50_000)}`);
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );
});
