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
    .argument('[words...]', "rabbitmqctl's command line")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption('--help');
  addTargetOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: TargetOptions) => {
      const result = await withRunning(options, async (client) => {
        const input = await fileOf(words);
        if (typeof input === 'object') return input;
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

Test suites that call rabbitmqctl can be given a script of that name: exec wirelike rabbitmqctl "$@"
One for rabbitmq-queues or rabbitmq-diagnostics: exec wirelike rabbitmqctl --script-name rabbitmq-queues "$@"`;

/** What import_definitions and eval_file read: a file, or standard input. It is the caller's: the broker may be elsewhere. */
async function fileOf(words: readonly string[]): Promise<string | CtlResult | undefined> {
  const evaluated = argumentOf('eval_file', words);
  // Without it the broker says, as rabbitmqctl does, that there is no such file.
  if (evaluated !== undefined && evaluated !== '') return readFile(evaluated, 'utf8').catch(() => undefined);
  const path = argumentOf('import_definitions', words);
  if (path === undefined) return undefined;
  try {
    return await readFile(path === '' || path === '-' ? '/dev/stdin' : path, 'utf8');
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    const line = `Arguments given:\n\t${words.join(' ')}\n`;
    const stderr = missing ? `Error (argument validation): Bad argument: File ${path} does not exist\n${line}` : fileError(path, error);
    return { status: DATA_ERROR, stdout: '', stderr };
  }
}

/** The first word behind the command that is neither an option nor the value of one; empty if there is none. */
function argumentOf(command: string, words: readonly string[]): string | undefined {
  const at = words.indexOf(command);
  if (at < 0) return undefined;
  const rest = words.slice(at + 1);
  return rest.find((word, index) => (word === '-' || !word.startsWith('-')) && !VALUED.test(rest[index - 1] ?? '')) ?? '';
}

/** Options whose value is the next word. */
const VALUED = /^(-[npt]|--(node|vhost|timeout|format|formatter|script-name))$/;

/** EX_DATAERR of sysexits.h, which rabbitmqctl ends with when there is something wrong with a file. */
const DATA_ERROR = 65;

/** As rabbitmqctl puts it (import_definitions_command.ex). */
function fileError(path: string, error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `Parent directory or file ${path} does not exist`,
    ENOTDIR: `Parent directory of file ${path} is not a directory`,
    EACCES: `No permissions to read from file ${path} or its parent directory`,
    EISDIR: `Path ${path} is a directory`,
  };
  return `Error:\n${reasons[codeOf(error)] ?? String(error)}\n`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function deliver(words: readonly string[], { status, stdout, stderr }: CtlResult): Promise<void> {
  process.exitCode = status;
  const path = argumentOf('export_definitions', words);
  if (path !== undefined && path !== '' && path !== '-' && status === 0) {
    try {
      await writeFile(path, stdout);
      console.log(`Exporting definitions in JSON to a file at "${path}" ...`);
    } catch (error) {
      process.exitCode = DATA_ERROR;
      process.stderr.write(fileError(path, error).replace('read from', 'write to'));
    }
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
