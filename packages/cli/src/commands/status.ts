import type { Status } from '@wirelike/client';
import type { Command } from 'commander';
import { urlTable } from '../banner.ts';
import { addTargetOptions, type TargetOptions, withRunning } from '../running.ts';

export function registerStatus(program: Command): void {
  addTargetOptions(
    program.command('status').summary('where everything listens').description('Says what runs, where it listens, and who is connected.'),
    false,
  )
    .option('--json', 'as JSON')
    .action(async (options: TargetOptions & { json?: boolean }) => {
      const status = await withRunning(options, (client) => client.call('status', {}));
      console.log(options.json ? JSON.stringify(status, undefined, 2) : describe(status));
    });
}

function describe(status: Status): string {
  const megabytes = Math.round(status.memory_bytes / 1_000_000);
  const lines = [`wirelike ${status.version}, process ${status.pid}, up for ${Math.round(status.uptime_seconds)} s, ${megabytes} MB`];
  if (status.control !== undefined) lines.push(`control: ${status.control.url}, ${status.control.socket}`);
  for (const world of status.worlds) {
    const connections = world.emulators.flatMap(({ listeners }) => listeners).reduce((sum, listener) => sum + listener.connections, 0);
    const notes = [
      `${connections} connection${connections === 1 ? '' : 's'}`,
      `clock ${world.clock.frozen ? 'frozen at' : 'at'} ${new Date(world.clock.time).toISOString()}`,
      ...(world.journal.enabled ? ['journal on'] : []),
      ...(world.faults > 0 ? [`${world.faults} fault rules`] : []),
      ...(world.snapshots.length > 0 ? [`snapshots ${world.snapshots.join(', ')}`] : []),
    ];
    lines.push('', `world ${world.name}: ${notes.join('; ')}`, ...urlTable(world));
    for (const failure of world.failures) lines.push('', `  a bug in wirelike, please report it: ${failure}`);
  }
  return lines.join('\n');
}
