import { spawn } from 'node:child_process';

/**
 * Does what this process was asked to do in another one that outlives it, passes on what that prints, and ends when
 * that closes its standard output (or ends). npx holds the pipe of `$(npx wirelike up --env &)` until its child has
 * ended, whatever the child does with its own end of it: with this, its child does end. Returns the exit status.
 */
export function handOver(): Promise<number> {
  const { npm_lifecycle_event: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill(signal));
    child.once('error', reject);
    let told = false;
    child.stdout.on('data', (chunk: Buffer) => {
      told = true;
      process.stdout.write(chunk);
    });
    // One that has told something and then lets go of its output is up. Otherwise it ends, and its status says why.
    child.stdout.once('end', () => {
      if (told) resolve(0);
    });
    child.once('exit', (status) => resolve(status ?? 1));
  });
}
