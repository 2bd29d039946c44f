import { describe, expect, it } from 'vitest';
import { jumpHash } from './jump-hash.ts';

describe('jumpHash', () => {
  // What the plugin of RabbitMQ 3.10 computes on Erlang 25.
  it.each([
    [0n, 1, 0],
    [0n, 2, 0],
    [0n, 17, 15],
    [0n, 100_000, 64_444],
    [5n, 2, 0],
    [5n, 17, 4],
    [5n, 100_000, 45_854],
    [-7n, 2, 1],
    [-7n, 17, 1],
    [-7n, 100_000, 26_917],
    [45_914_356n, 17, 1],
    [134_217_727n, 17, 13],
    [134_217_727n, 100_000, 46_231],
    [2n ** 60n, 17, 15],
    [-(2n ** 63n), 100_000, 64_444],
  ])('takes %d to one of %d buckets', (key, buckets, bucket) => {
    expect(jumpHash(key, buckets)).toBe(bucket);
  });
});
