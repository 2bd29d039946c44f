const MASK_64 = 2n ** 64n - 1n;
const MASK_21 = 2n ** 21n - 1n;
const words_of_state = 16;

/** S. Vigna's xorshift64*, and its multiplier. */
const STAR_64 = 2_685_821_657_736_338_717n;
/** Vigna's xorshift1024*, likewise. */
const STAR_1024 = 1_181_783_497_276_652_981n;
/** The primes with which Erlang's `rand` spreads the three numbers of a seed. */
const [FIRST, SECOND, THIRD] = [2_097_131n, 2_097_133n, 2_097_143n];

/** The state that `rand:seed_s(exs1024, {Key, Key, Key})` makes. */
function seeded(key: bigint): bigint[] {
  const part = (prime: bigint): bigint => (((key & MASK_21) + 1n) * prime) & MASK_21;
  let one = (part(FIRST) << 43n) | (part(SECOND) << 22n) | (part(THIRD) << 1n) | 1n;
  const words: bigint[] = [];
  for (let index = 0; index < words_of_state; index++) {
    one ^= one >> 12n;
    one ^= (one << 25n) & MASK_64;
    one ^= one >> 27n;
    words.push((one * STAR_64) & MASK_64);
  }
  return words.reverse();
}

/**
 * J. Lamping and E. Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014): the bucket of a key, from 0.
 * The random numbers are those of Erlang's exs1024, so that the bucket is the one which RabbitMQ takes.
 */
export function jumpHash(key: bigint, buckets: number): number {
  if (buckets === 1) return 0;
  const words = seeded(key);
  let bucket = -1;
  let at = 0;
  for (let next = 0; next < buckets; ) {
    bucket = next;
    const last = words[at] ?? 0n;
    at = (at + 1) % words_of_state;
    let word = words[at] ?? 0n;
    word ^= (word << 31n) & MASK_64;
    word ^= word >> 11n;
    word ^= last ^ (last >> 30n);
    words[at] = word;
    const uniform = Number((word * STAR_1024) & MASK_64) / 2 ** 64;
    next = Math.trunc((bucket + 1) / uniform);
  }
  return bucket;
}
