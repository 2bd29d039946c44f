import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackgroundProcess } from './background-process.ts';

/** A real server that runs for a test, on the loopback interface, on ports and in a directory of its own. */
export interface Peer {
  /** Process groups whose CPU time and memory are the server's. */
  readonly processGroups: readonly number[];
  /** Milliseconds from its start until it answered its protocol. */
  readonly startup_milliseconds: number;
  stop(): Promise<void>;
}

/** A directory that everybody may enter, because some servers leave root's identity. */
export function privateDirectory(name: string): string {
  return mkdtempSync(join(tmpdir(), `wirelike-${name}-`));
}

/** Ends the processes in this order, then removes their directory. */
export async function stopAll(processes: readonly BackgroundProcess[], directory: string): Promise<void> {
  for (const each of processes) await each.stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}
