import { type ChildProcess, spawn } from 'node:child_process';
import { environmentWith, type RunOptions } from './client.ts';

export interface BackgroundOptions {
  readonly env?: RunOptions['env'];
  readonly cwd?: string;
}

const living = new Set<BackgroundProcess>();
// A test run that ends early leaves no server behind.
process.on('exit', () => {
  for (const each of living) each.kill('SIGKILL');
});

const stop_timeout_milliseconds = 10_000;

/** A program that runs beside a test: a real server, or a client that waits for events. It has a process group of its own. */
export class BackgroundProcess {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly #command: string;
  readonly #child: ChildProcess;
  #output = '';
  #watchers: (() => void)[] = [];
  #isRunning = true;

  constructor(command: string, args: readonly string[], options: BackgroundOptions = {}) {
    this.#command = command;
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environmentWith(options.env),
      cwd: options.cwd,
      detached: true,
    });
    this.pid = this.#child.pid ?? 0;
    living.add(this);
    const append = (chunk: Buffer): void => {
      this.#output += chunk.toString();
      this.#wake();
    };
    this.#child.stdout?.on('data', append);
    this.#child.stderr?.on('data', append);
    this.exited = new Promise((resolve) => {
      const end = (): void => {
        this.#isRunning = false;
        living.delete(this);
        this.#wake();
        resolve();
      };
      this.#child.on('exit', end);
      this.#child.on('error', (error) => {
        this.#output += `${error.message}\n`;
        end();
      });
    });
  }

  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Waits until the output, both streams together, matches. */
  waitForOutput(pattern: RegExp, timeout_milliseconds = 10_000): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(`no ${pattern} within ${timeout_milliseconds} ms`), timeout_milliseconds);
      const fail = (reason: string): void => {
        this.#watchers = this.#watchers.filter((each) => each !== watch);
        clearTimeout(timer);
        reject(new Error(`${this.#command}: ${reason}\n${this.#output}`));
      };
      const watch = (): void => {
        const match = pattern.exec(this.#output);
        if (match === null) {
          if (!this.#isRunning) fail(`ended without ${pattern}`);
          return;
        }
        this.#watchers = this.#watchers.filter((each) => each !== watch);
        clearTimeout(timer);
        resolve(match);
      };
      this.#watchers.push(watch);
      watch();
    });
  }

  /** Signals the whole process group. */
  kill(signal: NodeJS.Signals): void {
    if (this.pid === 0) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone already.
    }
  }

  /** SIGTERM, and SIGKILL for whoever is still there afterwards. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.kill(signal);
    const timer = setTimeout(() => this.kill('SIGKILL'), stop_timeout_milliseconds);
    await this.exited;
    clearTimeout(timer);
    this.kill('SIGKILL');
  }

  #wake(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}
