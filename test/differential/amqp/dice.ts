/** Returns an integer from 0 to `sides` - 1. */
export type Dice = (sides: number) => number;

/** A small generator of its own: the same walk on every machine. */
export function dice(seed: number): Dice {
  let state = (seed * 0x9e37_79b9) >>> 0 || 1;
  return (sides) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % sides;
  };
}

export function pick<T>(roll: Dice, from: readonly [T, ...T[]]): T {
  return from[roll(from.length)] ?? from[0];
}
