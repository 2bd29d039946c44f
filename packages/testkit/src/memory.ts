import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Bytes that live after a full garbage collection: the heap, and buffers outside it. */
export function liveBytes(): number {
  garbageCollector()();
  // Not `external`, which forgets freed buffers only some collections later.
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Vitest starts its workers without --expose-gc; a context made after the flag is set has it. */
function garbageCollector(): () => void {
  if (collect === undefined) {
    setFlagsFromString('--expose_gc');
    const exposed: unknown = runInNewContext('gc');
    collect = typeof exposed === 'function' ? () => void exposed() : () => undefined;
  }
  return collect;
}
