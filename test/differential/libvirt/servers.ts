import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import libvirt from '@wirelike/libvirt';
import { openWorldUntilClosed } from '@wirelike/testkit';
import { runClient } from '../../peers/client.ts';
import { startLibvirtd } from '../../peers/libvirtd.ts';
import { findPeer, python_path } from '../../peers/peers.ts';
import { runPythonJson } from '../../peers/python.ts';
import type { Steps } from './recorded.ts';

/** A daemon under comparison. */
export interface Server {
  readonly uri: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** The libvirtd to compare with: the one that was recorded, if this machine has it. Another says other things. */
export async function startTheirs(): Promise<Server | undefined> {
  const needed = ['libvirtd', 'qemu-driver', 'qemu'] as const;
  if (needed.some((name) => findPeer(name) === undefined)) return undefined;
  const libvirtd = await startLibvirtd();
  const versions = await runPythonJson(
    `
    import json, sys, libvirt
    c = libvirt.open(sys.argv[1])
    print(json.dumps([c.getLibVersion(), c.getVersion()]))
    `,
    { args: [libvirtd.qemuUri], timeout_milliseconds: 60_000 },
  );
  const isPrivateRoot = libvirtd.qemuUri.endsWith('/system');
  if (isPrivateRoot && hasKvm() && JSON.stringify(versions) === '[9000000,7002022]') {
    return { uri: libvirtd.qemuUri, port: libvirtd.port, stop: () => libvirtd.stop() };
  }
  await libvirtd.stop();
  return undefined;
}

/** Whether the daemon offers domains of type `kvm`, as the recorded one does. */
function hasKvm(): boolean {
  return existsSync('/dev/kvm');
}

export async function startOurs(): Promise<Server> {
  // No domains to begin with, as on a fresh libvirtd.
  const seed = { kind: 'section', path: 'empty', value: { domains: [] }, line: () => 1 } as const;
  const world = await openWorldUntilClosed([libvirt], { bind: ['127.0.0.1'], seeds: { libvirt: [seed] } });
  const port = world.addresses.get('libvirt')?.port ?? 0;
  return { uri: `qemu+tcp://127.0.0.1:${port}/system`, port, stop: () => world.close(0) };
}

/** Runs a script of this directory; what it prints is the list of its steps and their outcomes. */
export async function runScript(script: string, uri: string): Promise<Steps> {
  const path = fileURLToPath(new URL(`${script}.py`, import.meta.url));
  const result = await runClient(python_path, [path, uri], { timeout_milliseconds: 110_000 });
  if (result.status !== 0) throw new Error(result.stderr);
  const steps: Steps = JSON.parse(result.stdout);
  return steps;
}
