import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { addTargetOptions, inWorld, type TargetOptions, withRunning } from '../running.ts';

interface CtlResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function registerRabbitmqctl(program: Command): void {
  const command = program
    .command('rabbitmqctl')
    .summary("RabbitMQ's own command line for the broker")
    .description('Does to the running broker what rabbitmqctl does to RabbitMQ, with its options, output and exit statuses.')
    .usage('[--socket PATH] [--world NAME] COMMAND...')
    .argument('<words...>', "rabbitmqctl's command line")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption('--help');
  addTargetOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: TargetOptions) => {
      const result = await withRunning(options, async (client) => {
        const input = await fileOf(words);
        const parameters = { ...inWorld(options), words, ...(input === undefined ? {} : { input }) };
        return resultOf(await client.callAny('amqp.rabbitmqctl', parameters));
      });
      await deliver(words, result);
    });
}

const EXAMPLES = `
Examples:
  wirelike rabbitmqctl add_user maria secret
  wirelike rabbitmqctl set_permissions -p / maria '.*' '.*' '.*'
  wirelike rabbitmqctl list_queues name messages consumers
  wirelike rabbitmqctl set_vm_memory_high_watermark 0.00000001   publishers are blocked; 0.4 lets them go on

Test suites that call rabbitmqctl can be given a script of that name: exec wirelike rabbitmqctl "$@"`;

/** import_definitions reads a file, or standard input. It is the caller's file: the broker may be elsewhere. */
async function fileOf(words: readonly string[]): Promise<string | undefined> {
  const at = words.indexOf('import_definitions');
  if (at < 0) return undefined;
  const path = words.slice(at + 1).find((word) => !word.startsWith('-'));
  return await readFile(path ?? '/dev/stdin', 'utf8');
}

async function deliver(words: readonly string[], { status, stdout, stderr }: CtlResult): Promise<void> {
  process.exitCode = status;
  const at = words.indexOf('export_definitions');
  const path = at < 0 ? undefined : words[at + 1];
  if (path !== undefined && path !== '-' && status === 0) {
    await writeFile(path, stdout);
    console.log(`Exporting definitions in JSON to a file at "${path}" ...`);
    return;
  }
  process.stdout.write(stdout);
  process.stderr.write(stderr);
}

function resultOf(value: unknown): CtlResult {
  const known = typeof value === 'object' && value !== null && 'status' in value && 'stdout' in value && 'stderr' in value;
  if (!known || typeof value.status !== 'number') throw new Error('the broker answered something else than a result');
  return { status: value.status, stdout: String(value.stdout), stderr: String(value.stderr) };
}
