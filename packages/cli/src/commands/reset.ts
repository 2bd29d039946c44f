import type { Command } from 'commander';
import { addTargetOptions, inWorld, type TargetOptions, withRunning } from '../running.ts';

export function registerReset(program: Command): void {
  addTargetOptions(
    program
      .command('reset')
      .summary('back to the seed')
      .description('Puts a world back to its seed: data as at the start, no faults, a clock on real time. Connections live on.'),
  ).action(async (options: TargetOptions) => {
    await withRunning(options, (client) => client.call('reset', inWorld(options)));
  });
}
