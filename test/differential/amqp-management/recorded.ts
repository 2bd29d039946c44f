import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** One file a release; `WIRELIKE_RECORDINGS` names another place for them. */
const folder: URL =
  process.env.WIRELIKE_RECORDINGS === undefined
    ? new URL('recorded/', import.meta.url)
    : new URL(`${pathToFileURL(process.env.WIRELIKE_RECORDINGS).href}/management/`);

/** Releases of RabbitMQ whose answers were recorded. */
export function recordedReleases(): readonly string[] {
  try {
    return readdirSync(folder)
      .map((name) => name.replace(/\.txt$/, ''))
      .sort();
  } catch {
    return [];
  }
}

/** Answers by the question's name. */
export function readRecorded(release: string): ReadonlyMap<string, unknown> {
  const sections = readFileSync(new URL(`${release}.txt`, folder), 'utf8').split(/^## /m);
  return new Map(
    sections.flatMap((section): (readonly [string, unknown])[] => {
      const end = section.indexOf('\n');
      return end < 0 ? [] : [[section.slice(0, end), JSON.parse(section.slice(end + 1))]];
    }),
  );
}

/** Questions that were not asked, by their names, keep what was recorded before. */
export function writeRecorded(release: string, names: readonly string[], answers: ReadonlyMap<string, unknown>): void {
  const before = recordedReleases().includes(release) ? readRecorded(release) : undefined;
  const sections = names.flatMap((name) => {
    const answer = answers.get(name) ?? before?.get(name);
    return answer === undefined ? [] : [`## ${name}\n${JSON.stringify(answer)}\n`];
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${release}.txt`, folder), sections.join(''));
}
