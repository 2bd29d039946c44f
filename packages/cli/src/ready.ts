import { performance } from 'node:perf_hooks';

export interface ReadyTime {
  /** From the end of Node's own start to now. */
  readonly ready_milliseconds: number;
  /** Node's own start, which `node -e 0` has too. */
  readonly node_milliseconds: number;
}

export function readyTime(): ReadyTime {
  const node = performance.nodeTiming.bootstrapComplete;
  return { ready_milliseconds: Math.round(performance.now() - node), node_milliseconds: Math.round(node) };
}
