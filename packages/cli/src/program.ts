import { Command } from 'commander';
import { registerClock } from './commands/clock.ts';
import { registerDo } from './commands/do.ts';
import { registerEnv } from './commands/env.ts';
import { registerFaults } from './commands/faults.ts';
import { registerReset } from './commands/reset.ts';
import { registerRun } from './commands/run.ts';
import { registerSnapshot } from './commands/snapshot.ts';
import { registerStatus } from './commands/status.ts';
import { registerTrace } from './commands/trace.ts';
import { registerUp } from './commands/up.ts';
import { registerWorld } from './commands/world.ts';

/** Runs the command line. One file per command; what a command needs is loaded when it runs. */
export async function program(words: readonly string[]): Promise<void> {
  // commander forgets where the `--` stood, and `run` needs to know.
  const separator = words[0] === 'run' ? words.indexOf('--') : -1;
  const own = separator < 0 ? words : words.slice(0, separator);
  const rest = separator < 0 ? undefined : words.slice(separator + 1);

  const root = new Command('wirelike')
    .description('A directory, a broker and a hypervisor on localhost that unmodified clients can’t tell from the real ones')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .option('-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`wirelike: ${text.replace(/^error: /, '')}`) });
  root.action(async (options: { version?: boolean }) => {
    if (options.version) console.log((await import('./version.ts')).version);
    else root.outputHelp();
  });
  const emulators = await emulatorNames(own);
  registerUp(root, emulators);
  registerRun(root, emulators, rest);
  for (const register of [registerStatus, registerEnv, registerReset, registerSnapshot, registerClock]) register(root);
  for (const register of [registerFaults, registerTrace, registerWorld, registerDo]) register(root);
  await root.parseAsync(own, { from: 'user' });
}

/** For the help. The hub knows them, and only the help is worth loading it for. */
async function emulatorNames(words: readonly string[]): Promise<string> {
  if (!words.some((word) => ['help', '-h', '--help'].includes(word))) return '';
  const { emulators } = await import('@wirelike/hub');
  return Object.keys(emulators).join(', ');
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
