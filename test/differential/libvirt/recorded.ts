import { readFileSync, writeFileSync } from 'node:fs';

/** The steps of one script or packet exchange, and what a client saw after each. */
export type Steps = readonly (readonly [string, unknown])[];

/**
 * What libvirtd 9.0.0 with QEMU 7.2.22 (Debian 12, root's own daemon, /dev/kvm there) answered: the reference wherever
 * another libvirtd, or none, is installed. `WIRELIKE_RECORD=1` writes it anew.
 */
export const isRecording: boolean = process.env.WIRELIKE_RECORD === '1';

/** One step a line, as JSON. */
const file = (name: string): URL => new URL(`recorded/${name}.txt`, import.meta.url);

export function readRecorded(name: string): Steps {
  const lines = readFileSync(file(name), 'utf8').trimEnd().split('\n');
  return lines.map((line): Steps[number] => JSON.parse(line));
}

export function writeRecorded(name: string, steps: Steps): void {
  writeFileSync(file(name), steps.map((step) => `${JSON.stringify(step)}\n`).join(''));
}
