import { performance } from 'node:perf_hooks';

export interface ReadyTime {
  /** From the end of Node's own start (of `npm start`'s set-up, if there was anything to build) to now. */
  readonly ready_milliseconds: number;
  /** Node's own start, which `node -e 0` has too. */
  readonly node_milliseconds: number;
}

export function readyTime(): ReadyTime {
  const node = performance.nodeTiming.bootstrapComplete;
  const begun = performance.getEntriesByName('wirelike built')[0]?.startTime ?? node;
  return { ready_milliseconds: Math.round(performance.now() - begun), node_milliseconds: Math.round(node) };
}
