import { Command } from 'commander';
import { describeChoices } from './describe-choices.ts';

/** What stands on the command line, as commands see it. */
export interface Words {
  /** Behind `--`; nothing if there was no `--`. commander forgets where it stood. */
  readonly rest: readonly string[] | undefined;
  /** The emulators that exist, for the help. Empty when nobody asked for help. */
  readonly emulators: string;
  /** What `--port` and `--set` can name, for the help of the commands that have them. */
  readonly choices: string;
}

type Register = (program: Command, words: Words) => void;

/** One file per command, in the order of the help. Only the one that was asked for is loaded. */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  up: async () => (await import('./commands/up.ts')).registerUp,
  run: async () => (await import('./commands/run.ts')).registerRun,
  status: async () => (await import('./commands/status.ts')).registerStatus,
  env: async () => (await import('./commands/env.ts')).registerEnv,
  reset: async () => (await import('./commands/reset.ts')).registerReset,
  snapshot: async () => (await import('./commands/snapshot.ts')).registerSnapshot,
  clock: async () => (await import('./commands/clock.ts')).registerClock,
  faults: async () => (await import('./commands/faults.ts')).registerFaults,
  trace: async () => (await import('./commands/trace.ts')).registerTrace,
  world: async () => (await import('./commands/world.ts')).registerWorld,
  rabbitmqctl: async () => (await import('./commands/rabbitmqctl.ts')).registerRabbitmqctl,
  do: async () => (await import('./commands/do.ts')).registerDo,
};

/** Runs the command line. */
export async function program(words: readonly string[]): Promise<void> {
  const separator = words[0] === 'run' ? words.indexOf('--') : -1;
  const own = separator < 0 ? words : words.slice(0, separator);
  const rest = separator < 0 ? undefined : words.slice(separator + 1);

  const { emulators, choices, version } = await hubWords(own);
  const root = new Command('wirelike')
    .description('A directory, a broker and a hypervisor on localhost that unmodified clients can’t tell from the real ones')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help says more)')
    .enablePositionalOptions()
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`wirelike: ${text.replace(/^error: /, '')}`) });
  const asked = commands[own[0] ?? ''];
  for (const load of asked === undefined ? Object.values(commands) : [asked]) (await load())(root, { rest, emulators, choices });
  const inGroups = asked === undefined ? commandsInGroups(root, own[0]) : [];
  if (inGroups.length > 0) root.error(`unknown command '${own[0]}'\n(Did you mean ${inGroups.join(' or ')}?)`);
  if (own.length === 0) root.outputHelp();
  else await root.parseAsync(own, { from: 'user' });
}

/** `restore` is `snapshot restore`. */
function commandsInGroups(root: Command, name: string | undefined): string[] {
  return root.commands.flatMap((group) => (group.commands.some((command) => command.name() === name) ? [`${group.name()} ${name}`] : []));
}

/** The hub knows them, and only the help and the version are worth loading it for. */
async function hubWords(words: readonly string[]): Promise<Omit<Words, 'rest'> & { readonly version: string }> {
  const asksHelp = words.some((word) => ['help', '-h', '--help'].includes(word));
  const asksVersion = ['-V', '--version'].includes(words[0] ?? '');
  if (!asksHelp && !asksVersion) return { emulators: '', choices: '', version: '' };
  const { control_port, emulators, loadEmulators, version } = await import('@wirelike/hub');
  const starts = words.includes('up') || words.includes('run');
  const choices = asksHelp && starts ? describeChoices((await loadEmulators([])).all, control_port) : '';
  return { emulators: Object.keys(emulators).join(', '), choices, version };
}

const EXAMPLES = `
Start here:
  wirelike up                            all emulators on their usual ports; Ctrl-C stops them
  wirelike up ldap amqp --seed team.yaml only these two, with data
  wirelike run -- pytest                 a world of its own for one command: free ports, environment set, gone afterwards

While one is up, from another terminal:
  eval "$(wirelike env)"                 LDAP_URL, AMQP_URL, LIBVIRT_DEFAULT_URI, …
  wirelike trace -f                      every operation of every protocol, as it happens
  wirelike faults add amqp basic.publish --first 2 --error 541
  wirelike clock advance 90s
  wirelike snapshot take before && wirelike snapshot restore before

wirelike COMMAND --help says more about each.`;
