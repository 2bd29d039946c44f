import type { Command } from 'commander';
import { addTargetOptions, inWorld, type TargetOptions, withRunning } from '../running.ts';

export function registerSnapshot(program: Command): void {
  const group = program
    .command('snapshot')
    .summary('remember and restore state')
    .description('Remembers the state of a world and puts it back, any number of times.');
  const actions = [
    ['take', 'remember the state under a name'],
    ['restore', 'put the state back'],
    ['delete', 'forget a snapshot'],
  ] as const;
  for (const [action, help] of actions) {
    addTargetOptions(group.command(action).description(help).argument('<name>')).action(async (name: string, options: TargetOptions) => {
      await withRunning(options, (client) => client.callAny(`snapshot.${action}`, { ...inWorld(options), name }));
    });
  }
  addTargetOptions(group.command('list').description('what there is, oldest first')).action(async (options: TargetOptions) => {
    const snapshots = await withRunning(options, (client) => client.call('snapshot.list', inWorld(options)));
    for (const { name, time } of snapshots) console.log(`${new Date(time).toISOString()}  ${name}`);
  });
}
