import type { Command } from 'commander';
import { environmentLines } from '../environment-lines.ts';
import { addTargetOptions, inWorld, type TargetOptions, withRunning } from '../running.ts';

export function registerEnv(program: Command): void {
  addTargetOptions(
    program
      .command('env')
      .summary('export lines for a shell')
      .description('Prints the environment of a running world: eval "$(wirelike env)".'),
  )
    .option('--json', 'as JSON')
    .action(async (options: TargetOptions & { json?: boolean }) => {
      const environment = await withRunning(options, (client) => client.call('environment', inWorld(options)));
      if (options.json) console.log(JSON.stringify(environment, undefined, 2));
      else process.stdout.write(environmentLines(environment));
    });
}
