import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runClient } from '../peers/client.ts';
import { checkout } from './checkout.ts';
import { median } from './line.ts';

const sources = join(checkout, 'test', 'bench', 'loadgen');
const run_timeout_milliseconds = 600_000;

/** Compiles a C program of loadgen/ once for each of its versions; the path of the program. */
export async function compile(name: string, libraries: readonly string[]): Promise<string> {
  const source = join(sources, `${name}.c`);
  const hash = createHash('sha256').update(readFileSync(source));
  for (const header of readdirSync(sources).filter((file) => file.endsWith('.h'))) hash.update(readFileSync(join(sources, header)));
  const directory = join(tmpdir(), `wirelike-loadgen-${process.getuid?.() ?? 0}`);
  const program = join(directory, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const unfinished = `${program}.${process.pid}`;
  const flags = libraries.map((library) => `-l${library}`);
  const result = await runClient('gcc', ['-O2', '-o', unfinished, source, ...flags], { timeout_milliseconds: 60_000 });
  if (result.status !== 0) throw new Error(`gcc (see CONTRIBUTING.md for what the benches need): ${result.stderr}`);
  renameSync(unfinished, program);
  return program;
}

/** Figures that a load generator printed, by name. */
export type Figures = Readonly<Record<string, number>>;

/** Runs a load generator to its end; the numbers of the JSON object in its last line. */
export async function generate(program: string, args: readonly string[]): Promise<Figures> {
  const result = await runClient(program, args, { timeout_milliseconds: run_timeout_milliseconds });
  const last = result.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (result.status !== 0) throw new Error(`load generator: ${last} ${result.stderr}`);
  const parsed: unknown = JSON.parse(last);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`load generator: ${last}`);
  const numbers = Object.entries(parsed).flatMap(([key, value]): [string, number][] => (typeof value === 'number' ? [[key, value]] : []));
  return Object.fromEntries(numbers);
}

/** The median of each figure over several runs. */
export function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(runs.flatMap((run) => run[name] ?? [])) ?? 0]));
}
