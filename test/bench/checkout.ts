import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function find(directory: string): string {
  return existsSync(join(directory, 'pnpm-workspace.yaml')) ? directory : find(dirname(directory));
}

/** The checkout's root: this file runs from a build directory, so it looks upwards. */
export const checkout: string = find(dirname(fileURLToPath(import.meta.url)));

/** The command as `npx wirelike` runs it. */
export const cli: string = join(checkout, 'packages', 'cli', 'bin', 'wirelike.mjs');
