// Running commands from the set-up scripts. No dependencies: this has to work before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The absolute path of a command on PATH (or in sbin, which is not on every user's PATH). */
export function which(command) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  for (const directory of directories) {
    if (directory === '') continue;
    const path = join(directory, command);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** A tool that `npm run setup` has installed. */
export function tool(name) {
  return join(root, 'node_modules', '.bin', name);
}

/** Runs a command in the checkout, its output on ours, its input empty. Resolves to the exit status (128 + n after signal n). */
export function run(command, args, { env = {}, stdout = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'], env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** Runs a command quietly; what it printed, or undefined if it failed. */
export function capture(command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** A progress line. On standard error, so that the output of what comes after it can be piped. */
export function say(text) {
  process.stderr.write(`wirelike: ${text}\n`);
}

export const isCi = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';

/** Whether the script of this URL is the one that Node was started with. */
export function isMain(url) {
  return process.argv[1] !== undefined && fileURLToPath(url) === process.argv[1];
}
