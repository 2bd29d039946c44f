import { expect, test } from 'vitest';
import { hexdump } from './hexdump.ts';

test('rows of sixteen, text beside them', () => {
  const bytes = Buffer.from('AMQP\x00\x00\x09\x01 and then some \x7f\xff', 'latin1');
  expect(hexdump(bytes)).toBe(
    [
      '0000  41 4d 51 50 00 00 09 01 20 61 6e 64 20 74 68 65  AMQP.... and the',
      '0010  6e 20 73 6f 6d 65 20 7f ff                       n some ..',
    ].join('\n'),
  );
});

test('a window, counted from its start; and nothing', () => {
  expect(hexdump(Buffer.from('0123456789'), 4, 6)).toBe(`0000  34 35${' '.repeat(42)}  45`);
  expect(hexdump(Buffer.from('0123'), 2, 100)).toBe(`0000  32 33${' '.repeat(42)}  23`);
  expect(hexdump(new Uint8Array(0))).toBe('');
});
