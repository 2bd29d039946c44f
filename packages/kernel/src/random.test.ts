import { expect, test } from 'vitest';
import { Random } from './random.ts';

test('the same seed gives the same stream, another seed another', () => {
  const stream = (seed: string | number): string => Buffer.from(new Random(seed).bytes(64)).toString('hex');
  expect(stream('a')).toBe(stream('a'));
  expect(stream(1)).toBe(stream('1'));
  expect(new Set(['a', 'b', '', 0, 1, 2].map(stream)).size).toBe(6);
});

test('a restored state goes on as it did', () => {
  const random = new Random('state');
  random.bytes(13);
  const state = random.snapshot();
  const draw = (): unknown[] => [random.uint32(), random.float(), random.integer(10), random.uuid()];
  const first = draw();
  random.restore(state);
  expect(draw()).toEqual(first);
  random.restore(state);
  expect(draw()).toEqual(first);
});

test('values are in range and spread out', () => {
  const random = new Random('spread');
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 100_000; draw++) {
    const value = random.integer(10);
    counts[value] = (counts[value] ?? 0) + 1;
    const float = random.float();
    if (!(float >= 0 && float < 1)) throw new Error(`out of range: ${float}`);
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test('bytes has the length that was asked for, uuid is of version 4', () => {
  const random = new Random('x');
  for (const length of [0, 1, 3, 4, 5, 17]) expect(random.bytes(length)).toHaveLength(length);
  expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
