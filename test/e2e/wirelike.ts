import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/cli/bin/wirelike.mjs', import.meta.url));

export interface Finished {
  /** As a shell would put it. */
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface Running {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when it has ended. */
  readonly finished: Promise<Finished>;
  /** Resolves with all of standard output once `pattern` is in it. */
  until(pattern: RegExp | string): Promise<string>;
}

/** The built command with a runtime directory of its own. */
export class Wirelike implements AsyncDisposable {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'wirelike-e2e-'));
  readonly #started = new Set<ChildProcess>();

  start(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
    return this.spawn(process.execPath, [bin, ...words], environment);
  }

  run(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return this.start(words, environment).finished;
  }

  /** A shell script that finds the built command as `wirelike`. */
  shell(script: string, shell = 'bash'): Promise<Finished> {
    const commands = mkdtempSync(join(tmpdir(), 'wirelike-bin-'));
    symlinkSync(bin, join(commands, 'wirelike'));
    const { finished } = this.spawn(shell, ['-c', script], { PATH: `${commands}:${process.env.PATH}` });
    return finished.finally(() => rmSync(commands, { recursive: true, force: true }));
  }

  spawn(file: string, words: readonly string[], environment: NodeJS.ProcessEnv): Running {
    // Neither a wirelike that runs already nor who runs the tests makes a difference.
    const { WIRELIKE_SOCKET: _socket, npm_config_user_agent: _agent, npm_lifecycle_event: _event, ...inherited } = process.env;
    const begun = performance.now();
    const child = spawn(file, words, {
      env: { ...inherited, WIRELIKE_RUNTIME_DIR: this.directory, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#started.add(child);
    let stdout = '';
    let stderr = '';
    const watchers = new Set<() => void>();
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      for (const watch of watchers) watch();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const finished = new Promise<Finished>((resolve) => {
      child.once('close', (code, signal) => {
        this.#started.delete(child);
        resolve({ status: code ?? signal ?? '', stdout, stderr, milliseconds: performance.now() - begun });
      });
    });
    return {
      ...{ process: child, stdout: () => stdout, stderr: () => stderr, finished },
      until: (pattern) =>
        new Promise((resolve, reject) => {
          const watch = (): void => {
            if (stdout.match(pattern) === null) return;
            watchers.delete(watch);
            resolve(stdout);
          };
          watchers.add(watch);
          watch();
          void finished.then((end) => reject(new Error(`ended with ${end.status} before ${pattern}:\n${stdout}\n${stderr}`)));
        }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#started) child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** All emulators on free ports, so that tests run beside whatever else runs on this machine. */
export async function freePorts(): Promise<string[]> {
  const { emulators, loadEmulators } = await import('@wirelike/hub');
  const { all } = await loadEmulators(Object.keys(emulators));
  const listeners = all.flatMap((emulator) => emulator.listeners.filter((spec) => spec.transport !== 'unix').map((spec) => spec.name));
  return [...listeners, 'control'].flatMap((name) => ['--port', `${name}=0`]);
}
