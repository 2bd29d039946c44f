import { readFileSync, writeFileSync } from 'node:fs';

/** The steps of one script or packet exchange, and what a client saw after each. */
export type Steps = readonly (readonly [string, unknown])[];

/**
 * What libvirtd 9.0.0 with QEMU 7.2.22 (Debian 12, root's own daemon, /dev/kvm there) answered: the reference wherever
 * another libvirtd, or none, is installed. `WIRELIKE_RECORD=1` writes it anew.
 */
export const isRecording: boolean = process.env.WIRELIKE_RECORD === '1';

const file = (name: string): URL => new URL(`recorded/${name}.json`, import.meta.url);

export function readRecorded(name: string): Steps {
  const steps: Steps = JSON.parse(readFileSync(file(name), 'utf8'));
  return steps;
}

export function writeRecorded(name: string, steps: Steps): void {
  writeFileSync(file(name), `[\n${steps.map((step) => `  ${JSON.stringify(step)}`).join(',\n')}\n]\n`);
}
