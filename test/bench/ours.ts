import { BackgroundProcess } from '../peers/background-process.ts';
import { cli } from './checkout.ts';
import { processesOf } from './processes.ts';

/** A server under load: wirelike or a real one. */
export interface Subject {
  /** Variables that point clients at it, as `wirelike run` names them. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes whose CPU time and memory are the server's. */
  pids(): number[];
  stop(): Promise<void>;
}

// Prints the environment that a child of `wirelike run` gets, then waits to be ended.
const report_environment = 'console.log("ENV" + JSON.stringify(process.env)); setInterval(() => {}, 1e6)';

function parseEnvironment(text: string): Record<string, string> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error('no environment');
  return Object.fromEntries(Object.entries(parsed).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])));
}

/** The built wirelike with these emulators, on ports of its own. */
export async function startOurs(emulators: readonly string[]): Promise<Subject> {
  const server = new BackgroundProcess(process.execPath, [cli, 'run', ...emulators, '--', process.execPath, '-e', report_environment]);
  const [, json = '{}'] = await server.waitForOutput(/^ENV(.*)$/m);
  // The child that printed it is not part of what is measured.
  return {
    env: parseEnvironment(json),
    pids: () => processesOf([server.pid]).filter((pid) => pid === server.pid),
    stop: () => server.stop(),
  };
}

/** Where a URL of an environment variable leads. */
export function endpoint(subject: Subject, variable: string): { readonly host: string; readonly port: string } {
  const url = new URL(subject.env[variable] ?? 'missing:');
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port };
}
