import { join } from 'node:path';
import { startLibvirtd } from '../peers/libvirtd.ts';
import { findPeer, python_path } from '../peers/peers.ts';
import { checkout } from './checkout.ts';
import { compare, type Rounds } from './comparison.ts';
import type { Line, Section } from './line.ts';
import { type Figures, generate } from './load-generator.ts';
import { type Subject, startOurs } from './ours.ts';
import { processesOf } from './processes.ts';

const modes = [
  { name: 'connect', arguments: ['connect', 'n=200'] },
  { name: 'domain info', arguments: ['info', 'n=5000'] },
  { name: 'lookup by name', arguments: ['lookup', 'n=5000'] },
  { name: 'domain XML', arguments: ['xml', 'n=2000'] },
  { name: 'define, start, destroy, undefine', arguments: ['cycle', 'n=300'] },
  { name: 'list 1,000 domains', arguments: ['list', 'n=100', 'domains=1000'] },
  { name: 'stats of 1,000 domains', arguments: ['stats', 'n=20', 'domains=1000'] },
];

async function startTheirs(): Promise<Subject> {
  const libvirtd = await startLibvirtd();
  return { env: { LIBVIRT_TCP_URI: libvirtd.testUri }, pids: () => processesOf(libvirtd.processGroups), stop: () => libvirtd.stop() };
}

/** The hypervisor against libvirtd's test driver (which, like ours, runs no machine), over TCP, one connection. */
export async function benchLibvirt(rounds: Rounds, only: (name: string) => boolean, tell: (line: Line) => void): Promise<Section> {
  const script = join(checkout, 'test', 'bench', 'loadgen', 'libvirt-loadgen.py');
  const run = (subject: Subject, args: readonly string[]): Promise<Figures> =>
    generate(python_path, [script, subject.env.LIBVIRT_TCP_URI ?? '', ...args, `pids=${subject.pids().join(',')}`]);
  const ours = await startOurs(['libvirt']);
  const theirs = findPeer('libvirtd') === undefined ? undefined : await startTheirs();
  const lines: Line[] = [];
  try {
    for (const mode of modes) {
      if (!only(mode.name)) continue;
      const more = (await compare(mode, run, { ours, theirs }, rounds)).lines;
      lines.push(...more);
      more.forEach(tell);
    }
  } finally {
    await ours.stop();
    await theirs?.stop();
  }
  return { title: 'libvirt RPC', peer: "libvirtd's test driver", lines };
}
