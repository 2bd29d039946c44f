import { expect, it } from 'vitest';
import { keepable } from './message.ts';

it('a body is copied if it lies in something much larger', () => {
  const input = new Uint8Array(65_536);
  expect(keepable(input.subarray(100, 200)).buffer.byteLength).toBe(100);
  expect(keepable(input.subarray(0, 60_000)).buffer).toBe(input.buffer);
});
