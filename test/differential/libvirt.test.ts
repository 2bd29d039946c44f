import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { World } from '@wirelike/kernel';
import libvirt from '@wirelike/libvirt';
import { openWorldUntilClosed } from '@wirelike/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runClient } from '../peers/client.ts';
import { describeWithPeer } from '../peers/describe.ts';
import { type Libvirtd, startLibvirtd } from '../peers/libvirtd.ts';
import { python_path } from '../peers/peers.ts';
import { rawOutcomes, rawSteps } from './libvirt/raw.ts';

type Steps = readonly (readonly [string, unknown])[];

/** Runs a script of this directory; what it prints is the list of its steps and their outcomes. */
async function run(script: string, uri: string): Promise<Steps> {
  const path = fileURLToPath(new URL(`libvirt/${script}.py`, import.meta.url));
  const result = await runClient(python_path, [path, uri], { timeout_milliseconds: 110_000 });
  if (result.status !== 0) throw new Error(result.stderr);
  const steps: Steps = JSON.parse(result.stdout);
  return steps;
}

describeWithPeer(['libvirtd', 'qemu-driver', 'qemu'], 'libvirtd with QEMU, and wirelike', () => {
  let theirs: Libvirtd | undefined;
  let ours: World | undefined;
  let uris: readonly [string, string] = ['', ''];

  beforeAll(async () => {
    theirs = await startLibvirtd();
    ours = await openWorldUntilClosed([libvirt], {
      bind: ['127.0.0.1'],
      seeds: { libvirt: [{ ...empty, path: mkdtempSync(join(tmpdir(), 'wl-')) }] },
    });
    const path = new URL(theirs.qemuUri).pathname;
    uris = [theirs.qemuUri, `qemu+tcp://127.0.0.1:${ours.addresses.get('libvirt')?.port}${path}`];
  }, 60_000);

  afterAll(async () => {
    await ours?.close(0);
    await theirs?.stop();
  }, 30_000);

  describe.each(['definitions', 'life', 'events'])('%s', (script) => {
    it('are seen the same', async () => {
      const [expected, actual] = await Promise.all(uris.map((uri) => run(script, uri)));
      expect(actual?.length).toBeGreaterThan(20);
      expect(actual).toEqual(expected);
    }, 120_000);
  });

  it.each(rawSteps)('bytes: $name', async (step) => {
    const ports = uris.map((uri) => Number(new URL(uri).port));
    const [expected, actual] = await Promise.all(ports.map((port) => rawOutcomes(step, port)));
    expect(actual).toEqual(expected);
  });
});

/** No domains to begin with, as on a fresh libvirtd. */
const empty = { kind: 'section', path: '', value: { domains: [] }, line: () => 1 } as const;
