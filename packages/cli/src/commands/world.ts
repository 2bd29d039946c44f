import { resolve } from 'node:path';
import type { Command } from 'commander';
import { urlTable } from '../banner.ts';
import { collect } from '../collect.ts';
import { environmentLines } from '../environment-lines.ts';
import { addTargetOptions, type TargetOptions, withRunning } from '../running.ts';

interface CreateOptions extends TargetOptions {
  readonly seed?: readonly string[];
  readonly port?: readonly string[];
  readonly set?: readonly string[];
  readonly env?: boolean;
}

export function registerWorld(program: Command): void {
  const group = program
    .command('world')
    .summary('more worlds beside "main"')
    .description('Worlds in the running process: each has its own emulators, ports, clock, faults and journal.');
  const create = group
    .command('create')
    .description('another world, on free ports')
    .argument('<name>')
    .argument('[emulators...]', 'none: all')
    .option('--seed <FILE>', 'start with this data; repeatable', collect)
    .option('--port <NAME=PORT>', 'the port of a listener; repeatable', collect)
    .option('--set <EMULATOR.NAME=VALUE>', 'a setting of an emulator; repeatable', collect)
    .option('--env', 'print export lines for a shell');
  addTargetOptions(create, false).action(async (name: string, emulators: string[], options: CreateOptions) => {
    // The process that reads them may have been started elsewhere.
    const seeds = (options.seed ?? []).map((path) => resolve(path));
    const parameters = { name, emulators, seeds, ports: options.port ?? [], settings: options.set ?? [] };
    const world = await withRunning(options, (client) => client.call('world.create', parameters));
    if (options.env) process.stdout.write(environmentLines(world.environment));
    else console.log(urlTable(world).join('\n'));
  });
  addTargetOptions(group.command('list').description('the worlds and where they listen'), false).action(async (options: TargetOptions) => {
    const worlds = await withRunning(options, (client) => client.call('world.list', {}));
    for (const world of worlds) console.log([world.name, ...urlTable(world)].join('\n'));
  });
  addTargetOptions(group.command('delete').description('forget a world').argument('<name>'), false).action(
    async (name: string, options: TargetOptions) => {
      await withRunning(options, (client) => client.call('world.delete', { name }));
    },
  );
}
