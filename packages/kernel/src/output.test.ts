import { expect, test } from 'vitest';
import { output_chunk_bytes, output_pool_chunks } from './limits.ts';
import { OutputBuffer, recycle } from './output.ts';

test('holds no memory while there is nothing to say, and borrows the chunk that came back', () => {
  const output = new OutputBuffer();
  expect(output.bytes).toHaveLength(0);
  output.utf8('hello');
  expect(output.bytes).toHaveLength(output_chunk_bytes);
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

test('the pool has an end', () => {
  const chunks: Buffer[] = Array.from({ length: output_pool_chunks + 50 }, () => Buffer.allocUnsafeSlow(output_chunk_bytes));
  for (const chunk of chunks) recycle(chunk);
  const outputs = chunks.map(() => new OutputBuffer());
  for (const output of outputs) output.uint8(1);
  const reused = outputs.filter((output) => chunks.includes(output.bytes)).length;
  expect(reused).toBeLessThanOrEqual(output_pool_chunks);
  expect(reused).toBeGreaterThan(output_pool_chunks - 5);
});
