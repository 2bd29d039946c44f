import type { Status, WorldStatus } from '@wirelike/client';
import type { ReadyTime } from './ready.ts';

/** What `up` prints once everything listens: URLs, a command for each, how to stop. */
export function banner(status: Status, time: ReadyTime, command: string): string {
  const [world] = status.worlds;
  const lines = [
    `wirelike ${status.version} is ready in ${time.ready_milliseconds} ms (on top of ${time.node_milliseconds} ms for Node itself)`,
  ];
  if (world !== undefined) {
    lines.push('', ...urlTable(world, status.control?.url));
    const examples = world.emulators.flatMap((emulator) => emulator.examples);
    if (examples.length > 0) lines.push('', 'Try:', ...examples.map((example) => `  ${example}`));
  }
  lines.push('', `Ctrl-C stops it. In another terminal: eval "$(${command} env)", ${command} trace -f, ${command} --help`);
  return lines.join('\n');
}

/** A line for every door of a world. */
export function urlTable(world: WorldStatus, control?: string): string[] {
  const rows = world.emulators.flatMap((emulator) => emulator.listeners.map(({ title, url }) => [title, url] as const));
  const all = control === undefined ? rows : [...rows, ['control', control] as const];
  const width = Math.max(0, ...all.map(([title]) => title.length));
  return all.map(([title, url]) => `  ${title.padEnd(width)}  ${url}`);
}
