import { readFileSync, writeFileSync } from 'node:fs';
import type { Area } from './scenario.ts';

/** What RabbitMQ 3.10.8 (Debian 12) answered: the reference where it is not installed. `WIRELIKE_RECORD=1` writes it anew. */
export const isRecording: boolean = process.env.WIRELIKE_RECORD === '1';

function file(area: Area): URL {
  return new URL(`recorded/${area.name.replaceAll(' ', '-')}.txt`, import.meta.url);
}

export function readRecorded(area: Area): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(file(area), 'utf8');
  } catch {
    return new Map();
  }
  return new Map(
    text.split(/^## /m).flatMap((section): (readonly [string, string])[] => {
      const end = section.indexOf('\n');
      return end < 0 ? [] : [[section.slice(0, end), section.slice(end + 1).trimEnd()]];
    }),
  );
}

/** Scenarios that were not played keep what was recorded before. */
export function writeRecorded(area: Area, transcripts: ReadonlyMap<string, string>): void {
  if (transcripts.size === 0) return;
  const before = readRecorded(area);
  const sections = area.scenarios.map(({ name }) => `## ${name}\n${transcripts.get(name) ?? before.get(name) ?? ''}\n`);
  writeFileSync(file(area), sections.join('\n'));
}
