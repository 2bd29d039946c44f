import type { ClockReading } from '@wirelike/client';
import type { Command } from 'commander';
import { addTargetOptions, inWorld, type TargetOptions, withRunning } from '../running.ts';

export function registerClock(program: Command): void {
  const group = program
    .command('clock')
    .summary('freeze, advance, set the time of a world')
    .description('Everything that expires in a world (messages, locks, leases) goes by the clock of the world.');
  const plain = [
    ['read', 'what time it is'],
    ['freeze', 'stop the clock'],
    ['resume', 'let it run on from where it stands'],
  ] as const;
  for (const [action, help] of plain) {
    addTargetOptions(group.command(action).description(help)).action(async (options: TargetOptions) => {
      print(await withRunning(options, (client) => client.call(`clock.${action}`, inWorld(options))));
    });
  }
  addTargetOptions(
    group
      .command('advance')
      .description('move it forward; what is due on the way happens, in order')
      .argument('<duration>', '90s, 1h30m, 250ms; a number alone is milliseconds'),
  ).action(async (by: string, options: TargetOptions) => {
    print(await withRunning(options, (client) => client.call('clock.advance', { ...inWorld(options), by })));
  });
  addTargetOptions(
    group.command('set').description('jump to a time').argument('<time>', '2030-01-31T12:00:00Z, or milliseconds since 1970'),
  ).action(async (time: string, options: TargetOptions) => {
    print(await withRunning(options, (client) => client.call('clock.set', { ...inWorld(options), time })));
  });
}

function print(reading: ClockReading): void {
  console.log(`${reading.iso}${reading.frozen ? ' (frozen)' : ''}`);
}
