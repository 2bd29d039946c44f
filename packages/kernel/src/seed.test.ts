import { expect, test } from 'vitest';
import { SeedError } from './seed.ts';

test('an error in a seed names the file, the line and what was expected', () => {
  const error = new SeedError('people.ldif', 12, 'expected "attribute: value"');
  expect(error.message).toBe('people.ldif:12: expected "attribute: value"');
  expect([error.name, error.path, error.line]).toEqual(['SeedError', 'people.ldif', 12]);
});
