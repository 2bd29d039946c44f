import type { Field, Plain, Table } from '../codec/fields.ts';
import { type Dice, pick } from '../dice.ts';

export type RandomField = (roll: Dice) => Field;

const numbers = [0, 1, 2, 5, 16, 255, 256, 1000, 60_000, -1, -5, 2_147_483_647, 4_294_967_296] as const;
const texts = [
  '',
  'a',
  'b',
  '1',
  'classic',
  'quorum',
  'true',
  'undefined',
  'gr\u00fcn',
  "it's",
  'a\nb',
  'x'.repeat(300),
  'any',
  '\0',
] as const;

const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/** One of the numbers in one of the integer types; what a type has no room for becomes the nearest that it has. */
export function integer(roll: Dice, among: readonly [number, ...number[]] = numbers): Field {
  const value = pick(roll, among);
  const type = pick(roll, ['b', 'B', 's', 'u', 'I', 'i', 'l', 'L'] as const);
  switch (type) {
    case 'b':
      return { type, value: within(value, -128, 127) };
    case 'B':
      return { type, value: within(value, 0, 255) };
    case 's':
      return { type, value: within(value, -32_768, 32_767) };
    case 'u':
      return { type, value: within(value, 0, 65_535) };
    case 'I':
      return { type, value: within(value, -2_147_483_648, 2_147_483_647) };
    case 'i':
      return { type, value: within(value, 0, 4_294_967_295) };
    default:
      return { type, value: BigInt(value) };
  }
}

export function string(value: string): Field {
  return { type: 'S', value: Buffer.from(value) };
}

/** Any type of field, with a value that is worth a try. */
export function anyField(roll: Dice, depth = 0): Field {
  switch (roll(depth > 1 ? 10 : 12)) {
    case 0:
      return { type: 'd', value: pick(roll, [0, 1, 1.5, 5, -1, 0.1, 1e300]) };
    case 1:
      return { type: 'f', value: pick(roll, [0, 1, 1.5, -1, 0.5]) };
    case 2:
      return { type: 'D', value: [pick(roll, [0, 1, 255]), pick(roll, [0, 5, 10])] };
    case 3:
      return { type: 'T', value: pick(roll, [0n, 1n, 5n, 1_700_000_000n]) };
    case 4:
      return { type: 't', value: roll(2) === 0 };
    case 5:
      return { type: 'V' };
    case 6:
      return { type: 'x', value: Buffer.from(pick(roll, texts)) };
    case 7:
    case 8:
      return string(pick(roll, texts));
    case 9:
      return integer(roll);
    case 10:
      return { type: 'A', value: Array.from({ length: roll(3) }, () => anyField(roll, depth + 1)) };
    default: {
      const names = ['one', 'two'].slice(0, roll(3));
      return { type: 'F', value: names.map((name): Table[number] => [name, anyField(roll, depth + 1)]) };
    }
  }
}

/** Arguments by name. `wild`: one in so many is any field. */
export function someArguments(
  roll: Dice,
  makers: Readonly<Record<string, RandomField>>,
  count: number,
  wild: number,
): Record<string, Plain> {
  const names = Object.keys(makers);
  const args: Record<string, Plain> = {};
  for (let left = count; left > 0; left--) {
    const name = names[roll(names.length)] ?? '';
    args[name] = roll(wild) === 0 ? anyField(roll) : (makers[name] ?? anyField)(roll);
  }
  return args;
}
