import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** A full collection. Node has it for those who start it with --expose-gc; a context that is made after the flag is set has it too. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose_gc');
    const exposed: unknown = runInNewContext('gc');
    setFlagsFromString('--no-expose_gc');
    collect = typeof exposed === 'function' ? () => void exposed() : () => undefined;
  }
  collect();
}
