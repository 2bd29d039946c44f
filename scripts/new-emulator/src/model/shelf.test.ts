import { DumpError, Random } from '@wirelike/kernel';
import { expect, test } from 'vitest';
import { Shelf } from './shelf.ts';

const shelf = (): Shelf => new Shelf({ random: new Random('shelf') });

test('keeps values until they are dropped', () => {
  const model = shelf();
  expect(model.set('b', '1')).toBeUndefined();
  model.set('a', '2');
  model.set('b', '3');
  expect([model.keys, model.get('b'), model.get('c')]).toEqual([['a', 'b'], '3', undefined]);
  expect(model.drop('a')).toBeUndefined();
  expect(model.drop('a')).toEqual({ kind: 'no-such-key', key: 'a' });
});

test('a snapshot stays as it was', () => {
  const model = shelf();
  model.set('a', '1');
  const snapshot = model.snapshot();
  model.set('a', '2');
  for (let round = 0; round < 2; round++) {
    model.restore(snapshot);
    expect(model.get('a')).toBe('1');
    model.drop('a');
  }
});

test('a damaged dump changes nothing', () => {
  const model = shelf();
  model.set('a', '1');
  expect(() => model.load({ ...model.dump(), state: { values: { a: 1 } } })).toThrow(DumpError);
  expect(model.get('a')).toBe('1');
});
