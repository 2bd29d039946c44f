import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the sockets of a `wirelike run`, below the runtime directory. */
export function runDirectory(runtime: string, pid: number): string {
  return join(runtime, `run-${pid}`);
}

/** Removes the folders of runs that were killed: nobody else can have cleaned up after them. */
export function removeStaleRuns(runtime: string): void {
  for (const name of namesIn(runtime)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || lives(Number(pid))) continue;
    try {
      rmSync(join(runtime, name), { recursive: true, force: true });
    } catch {
      // Another user's, in a directory that several share: theirs to remove.
    }
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Not permitted: it lives and is somebody else's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
