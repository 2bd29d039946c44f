import { Random, type SeedSection } from '@wirelike/kernel';
import { expect, test } from 'vitest';
import { Shelf } from '../model/index.ts';
import { applySeed } from './seed.ts';

const section = (value: unknown): SeedSection => ({ kind: 'section', path: 'seed.yaml', value, line: (keys) => 10 + keys.length });

test('a mapping becomes values', () => {
  const shelf = new Shelf({ random: new Random('seed') });
  applySeed(shelf, section({ colour: 'green', size: 'large' }));
  expect(shelf.keys).toEqual(['colour', 'size']);
});

test('an error names the file, the line and what was expected', () => {
  const shelf = new Shelf({ random: new Random('seed') });
  expect(() => applySeed(shelf, section({ size: 7 }))).toThrow('seed.yaml:11: expected a text for size, found 7');
  expect(() => applySeed(shelf, section(['a']))).toThrow('seed.yaml:10: expected keys and values');
});
