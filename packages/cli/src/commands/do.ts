import type { Command } from 'commander';
import { UsageError } from '../report.ts';
import { addTargetOptions, inWorld, type TargetOptions, withRunning } from '../running.ts';

export function registerDo(program: Command): void {
  const command = program
    .command('do')
    .summary('any control operation by name')
    .description('Runs a control operation with JSON parameters and prints its result. Without a name: lists what there is.')
    .argument('[operation]')
    .argument('[parameters]', 'a JSON object');
  addTargetOptions(command)
    .addHelpText('after', '\nExamples:\n  wirelike do\n  wirelike do clock.advance \'{"by": "90s"}\'')
    .action(async (operation: string | undefined, text: string | undefined, options: TargetOptions) => {
      await withRunning(options, async (client) => {
        if (operation === undefined) {
          const operations = await client.call('operations', {});
          const width = Math.max(...operations.map(({ name }) => name.length));
          for (const { name, help } of operations) console.log(`${name.padEnd(width)}  ${help}`);
          return;
        }
        const result = await client.callAny(operation, { ...inWorld(options), ...parametersOf(text) });
        console.log(JSON.stringify(result, undefined, 2));
      });
    });
}

function parametersOf(text: string | undefined): object {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`expected parameters as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError('expected parameters as a JSON object');
  return value;
}
