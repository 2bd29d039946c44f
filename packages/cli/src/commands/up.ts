import { closeSync, openSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { banner } from '../banner.ts';
import { environmentLines } from '../environment-lines.ts';
import { formatEvent } from '../format-event.ts';
import { handOver } from '../hand-over.ts';
import { openLog } from '../log.ts';
import { ownCommand, startedByNpx } from '../own-command.ts';
import type { Words } from '../program.ts';
import { readyTime } from '../ready.ts';
import { addWorldOptions, start, type WorldOptions } from '../start.ts';
import { stopOnSignals } from '../stopping.ts';

interface UpOptions extends WorldOptions {
  readonly env?: boolean;
  readonly json?: boolean;
}

export function registerUp(program: Command, { emulators, choices }: Words): void {
  const command = program
    .command('up')
    .summary('bring emulators up until Ctrl-C')
    .description('Brings emulators up (all of them unless some are named) and says where they listen once they do.')
    .argument('[emulators...]', `${emulators}; none: all of them`);
  addWorldOptions(command)
    .option('--env', 'print export lines for a shell instead of the table, then close standard output')
    .option('--json', 'print where everything listens as one line of JSON instead of the table')
    .addHelpText('after', `${choices}\n${EXAMPLES}`)
    .action(up);
}

const EXAMPLES = `
Examples:
  wirelike up                                  everything on the usual ports, loopback only
  wirelike up ldap --seed people.ldif          a directory with your people in it
  wirelike up --port amqp=5673 --port ldap=0   another port; 0 takes any free one
  wirelike up --set amqp.persona=3.13          settings of an emulator
  wirelike up --trace                          watch what your clients really do

In a script, in the background:
  eval "$(wirelike up --env &)"                goes on as soon as everything listens, with LDAP_URL, AMQP_URL, … set
  pytest
  kill $WIRELIKE_PID

For one command only, \`wirelike run -- pytest\` does all of that on ports of its own.`;

async function up(names: string[], options: UpOptions): Promise<void> {
  if (options.env && startedByNpx() && !process.stdout.isTTY) process.exit(await handOver());
  const log = await openLog(options.logLevel);
  const hub = await start(names, options, { ephemeral: false });
  stopOnSignals(hub, () => log.info({}, 'stopping'));
  const time = readyTime();
  const { jsonEvent, statusOf } = await import('@wirelike/hub');
  const status = statusOf(hub);
  log.info({ ...time, control: status.control }, 'ready');
  if (options.trace) hub.world().follow((event) => console.log(formatEvent(jsonEvent(event))));
  if (options.env) printAndClose(environmentLines(hub.environment()));
  else if (options.json) console.log(JSON.stringify({ ...status, ...time, environment: hub.environment() }));
  else if (!options.quiet) console.log(banner(status, time, ownCommand()));
  for (const address of (options.bind ?? []).filter((candidate) => !isLoopback(candidate))) {
    console.error(`wirelike: listening on ${address}: whoever can reach this machine can use everything in it`);
  }
}

/**
 * `$(wirelike up --env &)` waits until nobody holds its pipe any more, so it is let go of. Node never closes
 * standard output by itself; /dev/null takes its place, or the next socket would get descriptor 1.
 */
function printAndClose(text: string): void {
  writeSync(1, text);
  if (process.stdout.isTTY) return;
  closeSync(1);
  openSync('/dev/null', 'w');
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
