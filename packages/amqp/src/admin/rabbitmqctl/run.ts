import { type Broker, Refusal } from '../../model/index.ts';
import { DefinitionError } from '../found.ts';
import { accessCommands } from './access.ts';
import { clusterCommands } from './cluster.ts';
import { type Call, type CtlCommand, CtlFailure, EarlyFailure, EXIT, InvalidArguments, type Output } from './command.ts';
import { type CommandLine, type Switches, takeApart } from './command-line.ts';
import { featureCommands } from './features.ts';
import { formatterNamed, isForPrograms, printTable } from './formats.ts';
import { overview, usageOf } from './help.ts';
import { listingCommands } from './listings.ts';
import { nodeCommands } from './node.ts';
import { policyCommands } from './policies.ts';
import { suggestion } from './suggest.ts';
import { upkeepCommands } from './upkeep.ts';
import { vhostCommands } from './vhosts.ts';

export interface CtlResult {
  /** The exit status. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const COMMANDS: ReadonlyMap<string, CtlCommand> = new Map(
  Object.entries({
    ...nodeCommands,
    ...clusterCommands,
    ...accessCommands,
    ...vhostCommands,
    ...policyCommands,
    ...listingCommands,
    ...featureCommands,
    ...upkeepCommands,
  }),
);

/** Everything that `rabbitmqctl` has and an emulator has not. */
const WITHOUT_EFFECT = /^(encode|decode|exec|shutdown|stop|schema_info|report|list_ciphers|hipe_compile|.*conf_value)$/;

/** What prints tables takes this too. */
const TABLE_SWITCHES: Switches = { 'table-headers': 'flag' };

/** Runs one rabbitmqctl command line, without the program's name. `input`: the file that the command reads. */
export function runRabbitmqctl(broker: Broker, line: readonly string[], input?: string): CtlResult {
  const { name, script } = nameIn(line);
  const command = commandOf(name, broker);
  if (command === undefined || (command.script ?? script) !== script) return withoutCommand(broker, line, name);
  const parts = takeApart(line, { ...command.switches, ...(name.startsWith('list_') ? TABLE_SWITCHES : {}) }, command.letters);
  const [, ...words] = parts.words;
  if (parts.options.help === true) return help(broker, name);
  const invalid = (problem: string, status: number, title = 'Error (argument validation)'): CtlResult =>
    failed(status, `${title}: ${problem}\nArguments given:\n\t${line.join(' ')}\n\n${usageOf([name, command], broker)}`);
  const problem = problemOf(command, words, parts);
  if (problem !== undefined) return invalid(problem, EXIT.usage);
  const { options } = parts;
  const call: Call = { broker, words, vhost: typeof options.vhost === 'string' ? options.vhost : '/', options, input };
  let banner = '';
  try {
    banner = bannerOf(command, call);
    return { status: 0, stdout: banner + printed(command.run(call), call), stderr: '' };
  } catch (error) {
    if (error instanceof InvalidArguments) return invalid(error.message, error.status, error.title);
    if (error instanceof EarlyFailure) return failed(error.status, error.message);
    if (error instanceof CtlFailure) return failed(error.status, error.message, banner + error.output);
    if (error instanceof Refusal || error instanceof DefinitionError) return failed(EXIT.unavailable, `Error:\n${error.message}`, banner);
    throw error;
  }
}

function failed(status: number, text: string, stdout = ''): CtlResult {
  return { status, stdout, stderr: `${text}\n` };
}

/** The first word: which options take one is only clear for those that every command has. */
function nameIn(line: readonly string[]): { readonly name: string; readonly script: string } {
  const { words, options } = takeApart(line, {});
  const script = options['script-name'];
  return { name: words[0] ?? '', script: typeof script === 'string' ? script : 'rabbitmqctl' };
}

function bannerOf(command: CtlCommand, call: Call): string {
  const { options, words } = call;
  const isQuiet = options.quiet === true || options.silent === true || isForPrograms(formatterOf(call)) || words[0] === '-';
  return command.banner === undefined || isQuiet ? '' : `${command.banner(call)}\n`;
}

function formatterOf({ options: { formatter } }: Call): NonNullable<ReturnType<typeof formatterNamed>> {
  return (typeof formatter === 'string' ? formatterNamed(formatter) : undefined) ?? 'table';
}

function printed(output: Output, call: Call): string {
  const { broker, options } = call;
  // Nothing to tell is told to programs all the same.
  if (output === undefined) return options.formatter === 'json' ? `${JSON.stringify({ node: broker.nodeName, result: 'ok' })}\n` : '';
  if (typeof output === 'string') return output;
  const hasHeaders = options['table-headers'] !== false && options.silent !== true;
  return printTable(output, formatterOf(call), { hasHeaders, isListText: broker.release.has('queue-types-named') });
}

/** Nothing, `help`, or a name that is none. */
function withoutCommand(broker: Broker, line: readonly string[], name: string): CtlResult {
  const { words, options } = takeApart(line, {});
  if (name === 'help') return help(broker, words[1] ?? '');
  if (options.help === true) return help(broker, name);
  if (WITHOUT_EFFECT.test(name))
    return failed(EXIT.unavailable, `Error:\nwirelike has no ${name}: there is one node, and it is not written in Erlang`);
  if (name === '') return failed(EXIT.usage, `\n${overview(namesIn(broker), broker)}`);
  const elsewhere = commandOf(name, broker)?.script;
  if (elsewhere !== undefined)
    return failed(
      EXIT.usage,
      `\nCommand '${name}' not found. \n${elsewhere} has it: wirelike rabbitmqctl --script-name ${elsewhere} ${name}\n`,
    );
  const meant = suggestion(name, namesIn(broker));
  const hint = meant === undefined ? `\n${overview(namesIn(broker), broker)}` : `Did you mean '${meant}'? \n`;
  return failed(EXIT.usage, `\nCommand '${name}' not found. \n${hint}`);
}

function help(broker: Broker, name: string): CtlResult {
  const command = commandOf(name, broker);
  if (command === undefined && name !== '') return failed(EXIT.usage, `Error:\n\nCommand '${name}' not found.`);
  const text = command === undefined ? overview(namesIn(broker), broker) : usageOf([name, command], broker);
  return { status: 0, stdout: `\n${text}\n`, stderr: '' };
}

function problemOf(command: CtlCommand, words: readonly string[], { invalid, options }: CommandLine): string | undefined {
  if (invalid.length > 0) return `Invalid options for this command:\n${invalid.join('\n')}`;
  const { formatter } = options;
  if (typeof formatter === 'string' && formatterNamed(formatter) === undefined)
    return `Invalid options for this command:\n--formatter : ${formatter}`;
  const [least, most] = command.words;
  if (words.length < least) return 'not enough arguments.';
  return words.length > most ? 'too many arguments.' : undefined;
}

function namesIn(broker: Broker): string[] {
  return [...COMMANDS.keys()]
    .filter((name) => commandOf(name, broker)?.script === undefined && commandOf(name, broker) !== undefined)
    .sort();
}

function commandOf(name: string, { release }: Broker): CtlCommand | undefined {
  const command = COMMANDS.get(name);
  const isNew = command?.since === undefined || release.has(command.since);
  const isOld = command?.until !== undefined && release.has(command.until);
  return isNew && !isOld ? command : undefined;
}
