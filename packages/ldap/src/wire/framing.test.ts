import { NEED_MORE, WireError } from '@wirelike/kernel';
import { expect, test } from 'vitest';
import { messageLength } from './framing.ts';

const length = (hex: string, max_bytes = 1_000): number | WireError => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return messageLength(max_bytes)(bytes, 0, bytes.length);
};

test.each([
  ['30', NEED_MORE],
  ['30 05', 7],
  ['30 81', NEED_MORE],
  ['30 81 80', 131],
  ['30 82 01 00', 260],
  // Windows clients write every length in four bytes.
  ['30 84 00 00 00 05', 11],
  ['30 84 00 00', NEED_MORE],
])('%s is a message of %i bytes', (hex, expected) => {
  expect(length(hex)).toBe(expected);
});

test.each(['30 84 ff ff ff ff', '30 82 03 e9', '30 80', '30 85 00 00 00 00 01', '47 45 54', '16 03 01', '00'])(
  '%s is refused at once',
  (hex) => {
    expect(length(hex)).toBeInstanceOf(WireError);
  },
);
