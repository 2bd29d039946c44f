import { ControlError, Random } from '@wirelike/kernel';
import { expect, test } from 'vitest';
import { Shelf } from '../model/index.ts';
import { controlOperations } from './control.ts';

test('keys can be listed and lost', () => {
  const shelf = new Shelf({ random: new Random('control') });
  shelf.set('a', '1');
  const [keys, lose] = controlOperations(shelf);
  expect(keys?.run(undefined)).toEqual(['a']);
  expect(lose?.run({ key: 'a' })).toEqual({ lost: true });
  expect(lose?.run({ key: 'a' })).toEqual({ lost: false });
  expect(() => lose?.run({})).toThrow(ControlError);
});
