import { expect, test } from 'vitest';
import { output_chunk_bytes, output_pool_chunks, output_small_chunk_bytes, output_small_pool_chunks } from './limits.ts';
import { OutputBuffer, recycle } from './output.ts';

test('holds no memory while there is nothing to say, and borrows the chunk that came back', () => {
  const output = new OutputBuffer();
  expect(output.bytes).toHaveLength(0);
  output.utf8('hello');
  expect(output.bytes).toHaveLength(output_small_chunk_bytes);
  const { view, chunk } = output.take();
  expect(view.toString()).toBe('hello');
  expect(output.bytes).toHaveLength(0);
  recycle(chunk);
  output.uint8(1);
  expect(output.bytes).toBe(chunk);
  recycle(output.take().chunk);
});

test('grows for what is larger than a chunk; such a buffer is not kept', () => {
  const output = new OutputBuffer();
  output.uint8(7);
  output.copy(Buffer.alloc(output_chunk_bytes * 3, 1));
  const { view, chunk } = output.take();
  expect(view).toHaveLength(output_chunk_bytes * 3 + 1);
  expect(view[0]).toBe(7);
  recycle(chunk);
  output.uint8(1);
  expect(output.bytes).toHaveLength(output_chunk_bytes);
  recycle(output.take().chunk);
});

test('goes on in a large chunk where a small one is full, and begins with one after a long burst', () => {
  const output = new OutputBuffer();
  output.copy(Buffer.from('begin'));
  output.copy(Buffer.alloc(output_small_chunk_bytes, 1));
  expect(output.bytes).toHaveLength(output_chunk_bytes);
  const { view, chunk } = output.take();
  expect(view.subarray(0, 6).toString('latin1')).toBe('begin\x01');
  expect(view).toHaveLength(5 + output_small_chunk_bytes);
  recycle(chunk);
  output.uint8(1);
  expect(output.bytes).toBe(chunk);
  recycle(output.take().chunk);
  output.uint8(1);
  expect(output.bytes).toHaveLength(output_small_chunk_bytes);
  recycle(output.take().chunk);
});

test.each([
  ['small', output_small_chunk_bytes, output_small_pool_chunks, 1],
  ['large', output_chunk_bytes, output_pool_chunks, output_small_chunk_bytes + 1],
])('the pool of %s chunks has an end', (_name, chunk_bytes, pool_chunks, length) => {
  const chunks: Buffer[] = Array.from({ length: pool_chunks + 50 }, () => Buffer.allocUnsafeSlow(chunk_bytes));
  for (const chunk of chunks) recycle(chunk);
  const outputs = chunks.map(() => new OutputBuffer());
  for (const output of outputs) output.zeros(length);
  const borrowed = new Set(chunks);
  const reused = outputs.filter((output) => borrowed.has(output.bytes)).length;
  expect(reused).toBeLessThanOrEqual(pool_chunks);
  expect(reused).toBeGreaterThan(pool_chunks - 5);
});
