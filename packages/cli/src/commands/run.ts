import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import type { Command } from 'commander';
import { formatEvent } from '../format-event.ts';
import { openLog } from '../log.ts';
import type { Words } from '../program.ts';
import { readyTime } from '../ready.ts';
import { UsageError } from '../report.ts';
import { removeStaleRuns, runDirectory } from '../stale-runs.ts';
import { addWorldOptions, start, type WorldOptions } from '../start.ts';

/** CMD is over; whoever is still connected was left behind by it. */
const DRAIN_MILLISECONDS = 300;
const GIVE_UP_MILLISECONDS = 950;

export function registerRun(program: Command, { emulators, choices, rest }: Words): void {
  const command = program
    .command('run')
    .summary('run a command with emulators of its own')
    .description('Brings emulators up on free ports, runs CMD with the environment that points at them, and tears them down again.')
    .usage('[options] [emulators...] -- CMD...')
    .argument('[emulators...]', `${emulators}; none: all of them`);
  addWorldOptions(command)
    .addHelpText('after', `${choices}\n${EXAMPLES}`)
    .action((names: string[], options: WorldOptions) => run(names, rest, options));
}

const EXAMPLES = `
The exit status is CMD's, 128 + signal if one killed it, 127 if there is no such command.

Examples:
  wirelike run -- pytest -x                     LDAP_URL, AMQP_URL, LIBVIRT_DEFAULT_URI, … are set
  wirelike run ldap --seed people.ldif -- sh -c 'ldapsearch -x -H $LDAP_URL -b $LDAP_BASE_DN'
  wirelike run --trace amqp -- ./consumer       what it did goes to stderr
  wirelike run -- bash                          look around; wirelike status works in there`;

async function run(names: string[], words: readonly string[] | undefined, options: WorldOptions): Promise<void> {
  const [file, ...rest] = words ?? [];
  if (file === undefined) throw new UsageError('expected a command behind --: wirelike run [emulators...] -- CMD...');
  const log = await openLog(options.logLevel);
  const { runtimeDirectory } = await import('@wirelike/kernel');
  const runtime = runtimeDirectory();
  removeStaleRuns(runtime);
  const directory = runDirectory(runtime, process.pid);
  const hub = await start(names, options, { ephemeral: true, directory });
  log.info(readyTime(), 'ready');
  if (options.trace) {
    const { jsonEvent } = await import('@wirelike/hub');
    hub.world().follow((event) => console.error(formatEvent(jsonEvent(event))));
  }
  const status = await child(file, rest, { ...process.env, ...hub.environment() });
  log.info({ status }, 'stopping');
  await Promise.race([hub.close(DRAIN_MILLISECONDS), new Promise((resolve) => setTimeout(resolve, GIVE_UP_MILLISECONDS))]);
  rmSync(directory, { recursive: true, force: true });
  process.exit(status);
}

/** Its exit status, as a shell would put it. */
function child(file: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    // Listening begins before CMD does: whoever sees CMD at work may send a signal at once.
    const forward = (signal: NodeJS.Signals): void => {
      // A terminal sends Ctrl-C and Ctrl-\ to everybody in the foreground, CMD included; twice would be once too often.
      const fromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT');
      if (!fromTerminal) process_.kill(signal);
    };
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, forward);
    const process_ = spawn(file, words, { stdio: 'inherit', env });
    process_.once('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      const missing = code === 'ENOENT';
      const reason = missing ? 'no such command' : code === 'EACCES' ? 'no permission to run it' : error.message;
      console.error(`wirelike: can't run ${file}: ${reason}`);
      resolve(missing ? 127 : 126);
    });
    process_.once('exit', (status, signal) => resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
