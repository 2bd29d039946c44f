import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeStaleRuns, runDirectory } from './stale-runs.ts';

it('removes what runs that are gone left, and nothing else', () => {
  const runtime = mkdtempSync(join(tmpdir(), 'wl-'));
  const { pid: gone } = spawnSync('true');
  for (const directory of [runDirectory(runtime, gone), runDirectory(runtime, process.pid), join(runtime, 'main')]) {
    mkdirSync(directory);
    writeFileSync(join(directory, 'control.sock'), '');
  }
  removeStaleRuns(runtime);
  expect(readdirSync(runtime).toSorted()).toEqual(['main', `run-${process.pid}`]);
  rmSync(runtime, { recursive: true });
  removeStaleRuns(runtime);
});
