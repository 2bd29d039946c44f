import { BackgroundProcess } from '../peers/background-process.ts';
import { startLibvirtd } from '../peers/libvirtd.ts';
import type { Peer } from '../peers/peer.ts';
import { findPeer, type PeerName } from '../peers/peers.ts';
import { startRabbitMq } from '../peers/rabbitmq.ts';
import { startSlapd } from '../peers/slapd.ts';
import { cli } from './checkout.ts';
import type { Rounds } from './comparison.ts';
import { type Line, median, type Section } from './line.ts';
import { startOurs } from './ours.ts';
import { processesOf, residentMegabytes } from './processes.ts';

const beyond_node_goal_milliseconds = 200;

interface Start {
  readonly name: string;
  readonly emulators: readonly string[];
  readonly peer?: PeerName;
  readonly startPeer?: () => Promise<Peer>;
}

const starts: readonly Start[] = [
  { name: 'everything', emulators: [] },
  { name: 'ldap', emulators: ['ldap'], peer: 'slapd', startPeer: () => startSlapd() },
  { name: 'amqp', emulators: ['amqp'], peer: 'rabbitmq', startPeer: () => startRabbitMq() },
  { name: 'libvirt', emulators: ['libvirt'], peer: 'libvirtd', startPeer: () => startLibvirtd() },
];

/** Milliseconds until a command has printed "ready". */
async function timeUntilReady(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = new BackgroundProcess(process.execPath, args);
  await child.waitForOutput(/ready/);
  const taken = performance.now() - started;
  await child.exited;
  return taken;
}

/** Node's own start, and ours until every listener accepts: `wirelike run` starts its command at that moment. */
async function measureStarts(rounds: number): Promise<ReadonlyMap<string, number>> {
  const samples = new Map<string, number[]>();
  const measure = async (name: string, args: readonly string[]): Promise<void> => {
    const taken = await timeUntilReady(args);
    samples.set(name, [...(samples.get(name) ?? []), taken]);
  };
  // In turn, so that whatever else this machine does meets them all. The first round only warms the disk's cache.
  for (let round = 0; round <= rounds; round++) {
    if (round === 1) samples.clear();
    await measure('node', ['-e', 'console.log("ready")']);
    for (const { name, emulators } of starts) await measure(name, [cli, 'run', ...emulators, '--', 'echo', 'ready']);
  }
  return new Map([...samples].map(([name, values]) => [name, median(values) ?? 0]));
}

interface Footprint {
  readonly startup: number | undefined;
  readonly memory: number | undefined;
}

async function measurePeer(start: Start): Promise<Footprint> {
  if (start.peer === undefined || start.startPeer === undefined || findPeer(start.peer) === undefined) {
    return { startup: undefined, memory: undefined };
  }
  const peer = await start.startPeer();
  const memory = residentMegabytes(processesOf(peer.processGroups));
  await peer.stop();
  return { startup: peer.startup_milliseconds, memory };
}

async function measureMemory(emulators: readonly string[]): Promise<number> {
  const ours = await startOurs(emulators);
  const memory = residentMegabytes(ours.pids());
  await ours.stop();
  return memory;
}

/** Time until the first client is answered, and memory at that moment. */
export async function benchStartup(rounds: Rounds, only: (name: string) => boolean, tell: (line: Line) => void): Promise<Section> {
  const lines: Line[] = [];
  const add = (line: Line): void => {
    lines.push(line);
    tell(line);
  };
  if (!only('start-up')) return { title: 'Start-up and memory', peer: 'the real server', lines };
  const times = await measureStarts(Math.max(rounds.counted, 7));
  const node = times.get('node') ?? 0;
  add({ name: '`node -e 0`', unit: 'ms', ours: node });
  for (const start of starts) {
    const peer = await measurePeer(start);
    const total = times.get(start.name) ?? 0;
    const goal = { of: 'value', at_most: beyond_node_goal_milliseconds } as const;
    add({ name: `${start.name}: ready, beyond \`node -e 0\``, unit: 'ms', ours: total - node, goal });
    add({ name: `${start.name}: ready, in all`, unit: 'ms', ours: total, theirs: peer.startup });
    add({ name: `${start.name}: memory`, unit: 'MB', ours: await measureMemory(start.emulators), theirs: peer.memory });
  }
  return { title: 'Start-up and memory', peer: 'the real server', lines };
}
