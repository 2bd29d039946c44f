import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Area } from './scenario.ts';

/** `WIRELIKE_RECORD=1` writes down anew what the RabbitMQ at hand answers, in a folder of its release. */
export const isRecording: boolean = process.env.WIRELIKE_RECORD === '1';

/** Where the recordings are, one folder a release, unless `WIRELIKE_RECORDINGS` names another place. */
const folder: URL =
  process.env.WIRELIKE_RECORDINGS === undefined
    ? new URL('recorded/', import.meta.url)
    : new URL(`${pathToFileURL(process.env.WIRELIKE_RECORDINGS).href}/`);

/** Of the repository's recordings, the release that has every area: Debian 12's. */
export const complete_release: string | undefined = process.env.WIRELIKE_RECORDINGS === undefined ? '3.10.8' : undefined;

function file(release: string, area: Area): URL {
  return new URL(`${release}/${area.name.replaceAll(' ', '-')}.txt`, folder);
}

/** Releases of RabbitMQ whose answers were recorded, if only in some areas. */
export function recordedReleases(): readonly string[] {
  return readdirSync(folder).sort();
}

/** By the scenario's name; undefined where this release was not recorded in this area. */
export function readRecorded(release: string, area: Area): ReadonlyMap<string, string> | undefined {
  let text: string;
  try {
    text = readFileSync(file(release, area), 'utf8');
  } catch {
    return undefined;
  }
  return new Map(
    text.split(/^## /m).flatMap((section): (readonly [string, string])[] => {
      const end = section.indexOf('\n');
      return end < 0 ? [] : [[section.slice(0, end), section.slice(end + 1).trimEnd()]];
    }),
  );
}

/** Scenarios that were not played keep what was recorded before. */
export function writeRecorded(release: string, area: Area, transcripts: ReadonlyMap<string, string>): void {
  if (transcripts.size === 0) return;
  const before = readRecorded(release, area);
  const sections = area.scenarios.flatMap(({ name }) => {
    const transcript = transcripts.get(name) ?? before?.get(name);
    return transcript === undefined ? [] : [`## ${name}\n${transcript}\n`];
  });
  mkdirSync(new URL(`${release}/`, folder), { recursive: true });
  writeFileSync(file(release, area), sections.join('\n'));
}
