import type { Address, Emulator, World } from '@wirelike/kernel';
import type { HostedWorld } from './hosted-world.ts';
import type { Hub } from './hub.ts';
import { version } from './version.ts';

export interface ListenerStatus {
  readonly name: string;
  readonly title: string;
  readonly transport: 'tcp' | 'tls' | 'unix';
  readonly url: string;
  /** Empty for `unix`, as `port` is 0. */
  readonly host: string;
  readonly port: number;
  /** Empty but for `unix`. */
  readonly path: string;
  /** Clients connected now. */
  readonly connections: number;
}

export interface EmulatorStatus {
  readonly name: string;
  readonly title: string;
  readonly listeners: readonly ListenerStatus[];
  /** Client commands to paste. */
  readonly examples: readonly string[];
}

export interface WorldStatus {
  readonly name: string;
  readonly emulators: readonly EmulatorStatus[];
  readonly clock: { readonly time: number; readonly frozen: boolean };
  readonly journal: { readonly enabled: boolean };
  readonly faults: number;
  readonly snapshots: readonly string[];
  /** Mistakes of wirelike's own that came to light. Empty unless there is a bug. */
  readonly failures: readonly string[];
}

export interface Status {
  readonly version: string;
  readonly pid: number;
  readonly node: string;
  readonly uptime_seconds: number;
  /** Resident set size of the process. */
  readonly memory_bytes: number;
  readonly control: { readonly url: string; readonly socket: string } | undefined;
  readonly worlds: readonly WorldStatus[];
}

export function statusOf(hub: Hub): Status {
  return {
    version,
    pid: process.pid,
    node: process.version,
    uptime_seconds: (Date.now() - hub.started) / 1_000,
    memory_bytes: process.memoryUsage.rss(),
    control: hub.control === undefined ? undefined : { url: hub.control.url, socket: hub.control.path },
    worlds: hub.worlds.map(worldStatus),
  };
}

export function worldStatus(hosted: HostedWorld): WorldStatus {
  const { world } = hosted;
  return {
    name: world.name,
    emulators: world.emulators.map((emulator) => emulatorStatus(world, emulator)),
    clock: { time: world.clock.now(), frozen: world.clock.frozen },
    journal: { enabled: world.journal.enabled },
    faults: world.faults.list().length,
    snapshots: hosted.snapshots().map(({ name }) => name),
    failures: world.failures.map(({ error }) => (error instanceof Error ? (error.stack ?? error.message) : String(error))),
  };
}

function emulatorStatus(world: World, emulator: Emulator): EmulatorStatus {
  const open = new Map(world.listeners.map((listener) => [listener.spec.name, listener]));
  return {
    name: emulator.name,
    title: emulator.title,
    listeners: emulator.listeners.flatMap((spec) => {
      const listener = open.get(spec.name);
      if (listener === undefined) return [];
      const { transport, host, port, path }: Address = listener.address;
      const url = spec.url(listener.address);
      return [{ name: spec.name, title: spec.title, transport, url, host, port, path, connections: listener.connections.size }];
    }),
    examples: emulator.examples(world.addresses, world.settings(emulator.name)),
  };
}
