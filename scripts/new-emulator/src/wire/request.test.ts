import { NEED_MORE, WireError } from '@wirelike/kernel';
import { describe, expect, test } from 'vitest';
import { line_max_bytes } from '../limits.ts';
import { decodeRequest, encodeRequest, type Request, requestLength } from './request.ts';

const lengthOf = (text: string): number | WireError => requestLength(Buffer.from(text), 0, Buffer.byteLength(text));
const decoded = (text: string): Request | WireError => decodeRequest(Buffer.from(text), 0, Buffer.byteLength(text));

describe('requestLength', () => {
  test('a line, with its end', () => {
    expect(lengthOf('LIST\nGET a\n')).toBe(5);
    expect(lengthOf('LIS')).toBe(NEED_MORE);
    expect(requestLength(Buffer.from('xLIST\n'), 1, 6)).toBe(5);
    // The newline is beyond the window.
    expect(requestLength(Buffer.from('LIST\n'), 0, 4)).toBe(NEED_MORE);
  });

  test('refuses what is no line', () => {
    expect(lengthOf('\x16\x03\x01')).toBeInstanceOf(WireError);
    expect(lengthOf('x'.repeat(line_max_bytes))).toBeInstanceOf(WireError);
    expect(lengthOf(`${'x'.repeat(line_max_bytes)}\n`)).toBeInstanceOf(WireError);
  });
});

describe('requests', () => {
  test.each<Request>([
    { operation: 'SET', key: 'a', value: 'two words' },
    { operation: 'SET', key: 'a', value: '' },
    { operation: 'GET', key: 'ü' },
    { operation: 'DROP', key: 'a' },
    { operation: 'LIST' },
    { operation: 'TICKET' },
  ])('there and back: %j', (request) => {
    expect(decoded(encodeRequest(request).toString())).toEqual(request);
  });

  test.each(['\n', 'set a b\n', 'GET\n', 'SET \n', 'nonsense\n'])('no request: %j', (line) => {
    expect(decoded(line)).toBeInstanceOf(WireError);
  });
});
