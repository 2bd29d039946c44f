import { spawn } from 'node:child_process';

export interface RunOptions {
  /** Added to this process's environment; an undefined value removes the variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the command reads from its standard input. */
  readonly input?: string | Uint8Array;
  readonly timeout_milliseconds?: number;
  readonly cwd?: string;
}

export interface RunResult {
  /** Exit status, or undefined if a signal ended the command. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as bytes, for messages that are not text. */
  readonly output: Uint8Array;
}

const timeout_default_milliseconds = 15_000;

export function environmentWith(extra: RunOptions['env']): NodeJS.ProcessEnv {
  // Client tests compare messages, so they are in English everywhere.
  return { ...process.env, LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1', ...extra };
}

/** Runs a command to its end. Rejects only if it can't be started or takes longer than the timeout. */
export function runClient(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe', env: environmentWith(options.env), cwd: options.cwd });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const limit = options.timeout_milliseconds ?? timeout_default_milliseconds;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limit);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A command that ends before it has read its input is judged by its status.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const output = Buffer.concat(stdout);
      const errors = Buffer.concat(stderr).toString();
      if (late) {
        reject(new Error(`${command} ${args.join(' ')} took longer than ${limit} ms\n${output.toString()}${errors}`));
        return;
      }
      resolve({ status: status ?? undefined, signal: signal ?? undefined, stdout: output.toString(), stderr: errors, output });
    });
  });
}
