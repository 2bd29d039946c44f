import { beforeEach, expect, it, vi } from 'vitest';
import { burst_rest_min_frames, stream_burst_max_bytes, stream_min_frames, stream_small_bursts_max } from '../limits.ts';
import { Pace } from './pace.ts';

const told = vi.hoisted((): string[] => []);
const lulls = vi.hoisted(() => ({ soFar: 0 }));
vi.mock('@wirelike/kernel', () => ({
  awaited: () => told.push('awaited'),
  streamed: () => told.push('streamed'),
  lullsSoFar: () => lulls.soFar,
}));

const request = { frames: 3, bytes: 80, patient: true, acknowledges: false, asks: false };
const stream = { frames: stream_min_frames, bytes: 300, patient: true, acknowledges: false, asks: false };
const acknowledgements = { frames: 2, bytes: 42, patient: true, acknowledges: true, asks: false };

beforeEach(() => {
  told.length = 0;
  lulls.soFar = 0;
});

function notes(...bursts: readonly Parameters<Pace['note']>[0][]): readonly string[] {
  const pace = new Pace();
  for (const burst of bursts) pace.note(burst);
  return told;
}

it('takes a message by itself for a request', () => {
  expect(notes(request, request)).toEqual(['awaited', 'awaited']);
});

it('lets nobody wait for answers, even if many are asked for at a time', () => {
  expect(notes({ ...stream, asks: true }, { ...stream, asks: true, patient: false })).toEqual(['awaited', 'awaited']);
});

it('takes many frames at a time for a stream, and a few small bursts for a part of it', () => {
  expect(notes(stream, request, request, stream)).toEqual(['streamed', 'streamed']);
});

it('takes small bursts for requests once there were many', () => {
  const small = Array.from({ length: stream_small_bursts_max + 1 }, () => request);
  expect(notes(stream, ...small)).toEqual(['streamed', 'awaited']);
});

it('wants no more than a large burst at a time', () => {
  expect(notes({ ...stream, bytes: stream_burst_max_bytes }, request)).toEqual([]);
});

it('lets nobody wait for an acknowledgement', () => {
  expect(notes(acknowledgements)).toEqual([]);
});

it('knows that a client with few messages at a time, or with confirms, waits', () => {
  expect(notes({ ...stream, patient: false })).toEqual(['awaited']);
});

it('rests in the middle of a burst that was long the last time, and not towards its end', () => {
  const pace = new Pace();
  const chunk = { frames: burst_rest_min_frames, bytes: 2_000, patient: false, acknowledges: false, asks: false };
  const burst = (chunks: number): readonly string[] => {
    told.length = 0;
    lulls.soFar++;
    for (let each = 0; each < chunks; each++) pace.note(chunk);
    return [...told];
  };
  expect(burst(3)).toEqual(['awaited', 'awaited', 'awaited']);
  expect(burst(3)).toEqual(['streamed', 'streamed']);
  expect(burst(1)).toEqual(['streamed']);
  expect(burst(1)).toEqual([]);
});
