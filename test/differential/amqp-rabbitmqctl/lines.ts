import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Shown, shown } from '../amqp-management/answers.ts';
import type { Side } from '../amqp-management/sides.ts';

const folder: URL =
  process.env.WIRELIKE_RECORDINGS === undefined
    ? new URL('recorded/', import.meta.url)
    : new URL(`${pathToFileURL(process.env.WIRELIKE_RECORDINGS).href}/rabbitmqctl/`);

/** Command lines, each only once. */
export function readLines(): readonly string[] {
  const lines = readFileSync(new URL('lines.txt', import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

/** What a shell would make of it: `'two words'` are one. */
export async function askLine(side: Side, line: string): Promise<Shown> {
  const words = Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
  return shown(await side.rabbitmqctl(words), side.nodeName);
}

/** Releases of RabbitMQ whose answers were recorded. */
export function recordedReleases(): readonly string[] {
  return readdirSync(folder)
    .map((name) => name.replace(/\.txt$/, ''))
    .sort();
}

/** Answers by the line. */
export function readRecorded(release: string): ReadonlyMap<string, unknown> {
  const sections = readFileSync(new URL(`${release}.txt`, folder), 'utf8').split(/^## /m);
  return new Map(
    sections.slice(1).map((section): readonly [string, unknown] => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), JSON.parse(section.slice(end + 1))];
    }),
  );
}

export function writeRecorded(release: string, answers: ReadonlyMap<string, unknown>): void {
  const sections = Array.from(answers, ([line, answer]) => `## ${line}\n${JSON.stringify(answer)}\n`);
  writeFileSync(new URL(`${release}.txt`, folder), sections.join(''));
}
