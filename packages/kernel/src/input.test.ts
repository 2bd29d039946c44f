import { describe, expect, test } from 'vitest';
import { type FrameLength, NEED_MORE, WireError } from './bytes/framing.ts';
import { InputBuffer } from './input.ts';

/** A byte that says how long the frame is, itself included. */
const counted: FrameLength = (bytes, start) => {
  const length = bytes[start] ?? 0;
  return length === 0 ? new WireError('no length') : length;
};

/** As {@link counted}, all whole frames at a time. */
const together: FrameLength = (bytes, start, end) => {
  let at = start;
  while (at < end && at + (bytes[at] ?? 0) <= end) at += bytes[at] ?? 1;
  return at === start ? (bytes[start] ?? 0) : at - start;
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

  test('keeps nothing of the memory that a chunk was read to', () => {
    const input = new InputBuffer();
    const landing = Buffer.alloc(20);
    const seen: Buffer[] = [];
    const whole = Buffer.concat(['one', 'two', 'three', 'four'].map(frame));
    for (let at = 0; at < whole.length; at += 6) {
      const length = whole.copy(landing, 0, at, at + 6);
      input.append(landing.subarray(0, length));
      for (let next = input.next(counted); typeof next === 'number' && next > 0; next = input.next(counted)) {
        seen.push(input.bytes.subarray(input.start + 1, input.start + next));
        input.consume(next);
      }
      input.settle();
      landing.fill(0);
    }
    expect(seen.map(String)).toEqual(['one', 'two', 'three', 'four']);
  });

  test('copies the whole frames of a chunk together, and a frame with a tail to where the tail will follow', () => {
    const input = new InputBuffer();
    const long = frame('x'.repeat(100));
    input.append(Buffer.concat([frame('one'), frame('two'), long.subarray(0, 5)]));
    expect(input.next(together)).toBe(8);
    expect(input.bytes).toHaveLength(8);
    input.consume(8);
    expect(input.next(together)).toBe(NEED_MORE);
    expect([input.bytes.length, input.pending]).toEqual([long.length, 5]);
    const { bytes } = input;
    input.append(long.subarray(5));
    expect(input.next(together)).toBe(long.length);
    expect(input.bytes).toBe(bytes);
    expect(bytes.equals(long)).toBe(true);
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
    expect(input.bytes).toHaveLength(4);
    input.consume(4);
    expect([input.next(counted), [...input.bytes.subarray(input.start, input.start + 3)]]).toEqual([3, [3, 8, 9]]);
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

  test('a frame of a million bytes in small pieces costs its length, not its square', () => {
    const input = new InputBuffer();
    let reallocations = 0;
    let last: Buffer | undefined;
    for (let piece = 0; piece < 10_000; piece++) {
      input.append(Buffer.alloc(100));
      input.settle();
      if (input.bytes !== last) reallocations += 1;
      last = input.bytes;
    }
    expect(input.pending).toBe(1_000_000);
    expect(reallocations).toBeLessThan(30);
    expect(input.bytes.length).toBeLessThan(2_100_000);
  });
});
