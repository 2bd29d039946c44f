import { type Broker, Refusal } from '../../model/index.ts';
import { DefinitionError } from '../found.ts';
import { accessCommands } from './access.ts';
import { type Call, type CtlCommand, CtlFailure, EXIT, InvalidArguments } from './command.ts';
import { featureCommands } from './features.ts';
import { listingCommands } from './listings.ts';
import { nodeCommands } from './node.ts';
import { printTable } from './output.ts';
import { policyCommands } from './policies.ts';
import { suggestion } from './suggest.ts';
import { vhostCommands } from './vhosts.ts';

export interface CtlResult {
  /** The exit status. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const COMMANDS: ReadonlyMap<string, CtlCommand> = new Map(
  Object.entries({ ...nodeCommands, ...accessCommands, ...vhostCommands, ...policyCommands, ...listingCommands, ...featureCommands }),
);

/** Everything that `rabbitmqctl` has and an emulator has not. */
const WITHOUT_EFFECT = /cluster|_sync_queue|sync_queue|decode|encode|environment|exec|eval_file|shutdown|^stop$|listeners|log_level|hipe/;

/** Options that take a value, by all their names. */
const VALUED: Readonly<Record<string, string>> = { n: 'node', node: 'node', p: 'vhost', vhost: 'vhost', t: 'timeout', timeout: 'timeout' };
const MORE_VALUED = [
  'formatter',
  'printer',
  'priority',
  'apply-to',
  'user',
  'description',
  'tags',
  'default-queue-type',
  'limit',
  'format',
  'unit',
  'pid',
];
const FLAGS: Readonly<Record<string, string>> = {
  q: 'quiet',
  quiet: 'quiet',
  s: 'silent',
  silent: 'silent',
  l: 'longnames',
  longnames: 'longnames',
};
const MORE_FLAGS = ['no-table-headers', 'dry-run', 'script-name'];

/** Runs one rabbitmqctl command line, without the program's name. `input`: the file that the command reads. */
export function runRabbitmqctl(broker: Broker, line: readonly string[], input?: string): CtlResult {
  const { words, options, values } = takeApart(line);
  const [name = '', ...rest] = words;
  const command = commandOf(name, broker);
  const fail = (status: number, text: string, stdout = ''): CtlResult => ({ status, stdout, stderr: `${text}\n` });
  if (name === 'help' && command === undefined) return help(broker, rest[0] ?? '');
  if (command === undefined) {
    if (options.help === true) return help(broker, name);
    if (WITHOUT_EFFECT.test(name))
      return fail(EXIT.unavailable, `Error:\nwirelike has no ${name}: there is one node, and it is not written in Erlang`);
    if (name === '') return fail(EXIT.usage, `\n${overview(broker)}`);
    const meant = suggestion(name, namesIn(broker));
    return fail(
      EXIT.usage,
      `\nCommand '${name}' not found. \n${meant === undefined ? `\n${overview(broker)}` : `Did you mean '${meant}'? \n`}`,
    );
  }
  if (options.help === true) return help(broker, name);
  const problem = problemOf(command, rest, options);
  const invalid = (what: string, status: number): CtlResult =>
    fail(
      status,
      `Error (argument validation): ${what}\nArguments given:\n\t${line.join(' ')}\n\n${usage(broker, `${name} ${usageOf(command, broker)}`.trim())}`,
    );
  if (problem !== undefined) return invalid(problem, EXIT.usage);
  const call: Call = { broker, words: rest, vhost: values.vhost ?? '/', options, input };
  const json = options.formatter === 'json';
  const quiet = options.quiet === true || options.silent === true || json || rest[0] === '-';
  const banner = command.banner === undefined || quiet ? '' : `${command.banner(call)}\n`;
  try {
    const output = command.run(call);
    const headers = options['no-table-headers'] !== true && options.silent !== true;
    const text = output === undefined || typeof output === 'string' ? (output ?? '') : printTable(output, { json, headers });
    return { status: 0, stdout: banner + text, stderr: '' };
  } catch (error) {
    if (error instanceof InvalidArguments) return invalid(error.message, error.status);
    if (error instanceof CtlFailure) return fail(error.status, error.message, banner);
    if (error instanceof Refusal || error instanceof DefinitionError) return fail(EXIT.unavailable, `Error:\n${error.message}`, banner);
    throw error;
  }
}

function namesIn(broker: Broker): string[] {
  return [...COMMANDS.keys()].filter((name) => commandOf(name, broker) !== undefined).sort();
}

function overview(broker: Broker): string {
  const names = namesIn(broker).map((name) => `   ${name}\n`);
  return `${usage(broker, '<command> [<command options>]')}\n\nAvailable commands:\n\n${names.join('')}\nUse 'rabbitmqctl help <command>' to learn more about a specific command`;
}

/** Of RabbitMQ's help what is of use here: the commands that there are, and how each is used. */
function help(broker: Broker, name: string): CtlResult {
  const command = commandOf(name, broker);
  if (command === undefined && name !== '') return { status: EXIT.usage, stdout: '', stderr: `Error:\n\nCommand '${name}' not found.\n` };
  const text = command === undefined ? overview(broker) : usage(broker, `${name} ${usageOf(command, broker)}`.trim());
  return { status: 0, stdout: `\n${text}\n`, stderr: '' };
}

interface Parts {
  readonly words: string[];
  readonly options: Record<string, string | true>;
  readonly values: Record<string, string>;
}

/** Options may stand anywhere; `--` ends them. A negative number is a word. */
function takeApart(line: readonly string[]): Parts {
  const parts: Parts = { words: [], options: {}, values: {} };
  for (let index = 0; index < line.length; index++) {
    const text = line[index] ?? '';
    if (text === '--') {
      parts.words.push(...line.slice(index + 1));
      break;
    }
    if (!/^--?[a-zA-Z]/.test(text)) {
      parts.words.push(text);
      continue;
    }
    const [given = '', attached] = text.replace(/^--?/, '').split(/=(.*)/s);
    const name = given.replaceAll('_', '-');
    const valued = VALUED[name] ?? MORE_VALUED.find((known) => known === name);
    if (valued === undefined) parts.options[FLAGS[name] ?? name] = true;
    else {
      const value = attached ?? line[++index] ?? '';
      parts.options[valued] = value;
      parts.values[valued] = value;
    }
  }
  return parts;
}

function problemOf(command: CtlCommand, words: readonly string[], options: Parts['options']): string | undefined {
  const everywhere = [...Object.values(VALUED), ...Object.values(FLAGS), ...MORE_FLAGS, 'formatter', 'printer'];
  const known = new Set([...everywhere, ...(command.options ?? [])]);
  const strange = Object.keys(options).filter((name) => !known.has(name));
  if (strange.length > 0) return `Invalid options for this command:\n${strange.map((name) => `--${name} : `).join('\n')}`;
  const [least, most] = command.words;
  if (words.length < least) return 'not enough arguments.';
  return words.length > most ? 'too many arguments.' : undefined;
}

function usageOf({ usage }: CtlCommand, broker: Broker): string {
  return typeof usage === 'string' ? usage : usage(broker);
}

function commandOf(name: string, { release }: Broker): CtlCommand | undefined {
  const command = COMMANDS.get(name);
  return command?.since === undefined || release.has(command.since) ? command : undefined;
}

function usage({ release }: Broker, rest: string): string {
  // An older rabbitmqctl prints it bold, also where nobody sees it.
  const title = release.has('plain-usage') ? 'Usage' : '\u001b[1mUsage\u001b[0m';
  return `${title}\n\nrabbitmqctl [--node <node>] [--longnames] [--quiet] ${rest}`;
}
