import { describe, expect, test } from 'vitest';
import { type FrameLength, NEED_MORE, WireError } from './bytes/framing.ts';
import { InputBuffer } from './input.ts';

/** A byte that says how long the frame is, itself included. */
const counted: FrameLength = (bytes, start) => {
  const length = bytes[start] ?? 0;
  return length === 0 ? new WireError('no length') : length;
};

function frames(input: InputBuffer, ...chunks: Buffer[]): string[] {
  const seen: string[] = [];
  for (const chunk of chunks) {
    input.append(chunk);
    for (let length = input.next(counted); typeof length === 'number' && length > 0; length = input.next(counted)) {
      seen.push(input.bytes.toString('latin1', input.start + 1, input.start + length));
      input.consume(length);
    }
  }
  return seen;
}

const frame = (text: string): Buffer => Buffer.concat([Buffer.of(text.length + 1), Buffer.from(text)]);

const EMPTY_CHUNK = Buffer.alloc(0);

describe('InputBuffer', () => {
  test('never writes again to what it handed out', () => {
    const input = new InputBuffer();
    const kept: { view: Buffer; text: string }[] = [];
    const stream = Buffer.concat(Array.from({ length: 50 }, (_, index) => frame(`frame ${index}`)));
    for (let at = 0; at < stream.length; at += 7) {
      input.append(Buffer.from(stream.subarray(at, at + 7)));
      for (let length = input.next(counted); typeof length === 'number' && length > 0; length = input.next(counted)) {
        const view = input.bytes.subarray(input.start, input.start + length);
        kept.push({ view, text: view.toString('latin1') });
        input.consume(length);
      }
    }
    expect(kept).toHaveLength(50);
    for (const { view, text } of kept) expect(view.toString('latin1')).toBe(text);
  });

  test('hands out frames that lie in one chunk where they are', () => {
    const input = new InputBuffer();
    const chunk = Buffer.concat([frame('one'), frame('two')]);
    input.append(chunk);
    expect(input.bytes).toBe(chunk);
    expect(input.next(counted)).toBe(4);
    input.consume(4);
    expect([input.bytes, input.start]).toEqual([chunk, 4]);
    input.consume(4);
    expect(input.pending).toBe(0);
    expect(input.bytes).toHaveLength(0);
  });

  test('gives the same frames however they are cut', () => {
    const whole = Buffer.concat(['', 'a', 'bc', 'x'.repeat(200), '', 'end'].map(frame));
    const expected = frames(new InputBuffer(), whole);
    expect(expected).toEqual(['', 'a', 'bc', 'x'.repeat(200), '', 'end']);
    for (let size = 1; size < whole.length; size++) {
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) => whole.subarray(at * size, (at + 1) * size));
      expect(frames(new InputBuffer(), ...chunks)).toEqual(expected);
    }
  });

  test('takes no more of a chunk than the end of the frame that began before it', () => {
    const input = new InputBuffer();
    input.append(Buffer.of(4, 1));
    expect(input.next(counted)).toBe(NEED_MORE);
    const chunk = Buffer.of(2, 3, 3, 8, 9, 2);
    input.append(chunk);
    expect(input.next(counted)).toBe(4);
    expect([...input.bytes.subarray(input.start, input.start + 4)]).toEqual([4, 1, 2, 3]);
    input.consume(4);
    expect([input.bytes, input.start, input.next(counted)]).toEqual([chunk, 2, 3]);
    input.consume(3);
    expect([input.pending, input.next(counted)]).toEqual([1, NEED_MORE]);
  });

  test('keeps the order when chunks come while nobody takes frames', () => {
    const input = new InputBuffer();
    const whole = Buffer.concat(['one', 'two', 'three', 'four'].map(frame));
    for (let at = 0; at < whole.length; at += 3) input.append(Buffer.from(whole.subarray(at, at + 3)));
    expect(input.pending).toBe(whole.length);
    expect(frames(input, EMPTY_CHUNK)).toEqual(['one', 'two', 'three', 'four']);
  });

  test('waits for more, and passes on what the splitter refuses', () => {
    const input = new InputBuffer();
    expect(input.next(counted)).toBe(NEED_MORE);
    input.append(Buffer.of(3, 1));
    expect(input.next(counted)).toBe(NEED_MORE);
    input.append(Buffer.of(1, 0));
    expect(input.next(counted)).toBe(3);
    input.consume(3);
    expect(input.next(counted)).toBeInstanceOf(WireError);
    input.clear();
    expect([input.pending, input.next(counted)]).toEqual([0, NEED_MORE]);
  });

  test('does not change chunks that belong to the socket', () => {
    const input = new InputBuffer();
    const slab = Buffer.from([4, 1, 9, 9, 9, 9]);
    input.append(slab.subarray(0, 2));
    input.append(Buffer.of(2, 3, 4));
    expect([...slab]).toEqual([4, 1, 9, 9, 9, 9]);
    expect(frames(input)).toEqual([]);
  });

  test('a frame of a million bytes in small pieces costs its length, not its square', () => {
    const input = new InputBuffer();
    let reallocations = 0;
    let last: Buffer | undefined;
    for (let piece = 0; piece < 10_000; piece++) {
      input.append(Buffer.alloc(100));
      if (input.bytes !== last) reallocations += 1;
      last = input.bytes;
    }
    expect(input.pending).toBe(1_000_000);
    expect(reallocations).toBeLessThan(30);
    expect(input.bytes.length).toBeLessThan(2_100_000);
  });
});
