import type { JournalEvent } from '@wirelike/client';
import type { Command } from 'commander';
import { formatEvent } from '../format-event.ts';
import { ownCommand } from '../own-command.ts';
import { addTargetOptions, inWorld, type TargetOptions, withRunning } from '../running.ts';

interface TraceOptions extends TargetOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly emulator?: string;
  readonly operation?: string;
}

export function registerTrace(program: Command): void {
  const command = program
    .command('trace')
    .summary('what clients did')
    .description('Prints the operations of all protocols on one time line: those recorded, or with -f those to come.')
    .option('-f, --follow', 'go on as they happen; records even if nobody asked for that before')
    .option('--emulator <NAME>', 'only of this emulator')
    .option('--operation <NAME>', 'only this operation; * stands for any run of characters')
    .option('--json', 'one JSON object a line');
  addTargetOptions(command).action(trace);
}

async function trace(options: TraceOptions): Promise<void> {
  const { emulator, operation } = options;
  const filter = {
    ...inWorld(options),
    ...(emulator === undefined ? {} : { emulator }),
    ...(operation === undefined ? {} : { operation }),
  };
  const print = (event: JournalEvent): void => console.log(options.json ? JSON.stringify(event) : formatEvent(event));
  await withRunning(options, async (client) => {
    if (options.follow) {
      const following = await client.follow(filter, print, (missed) =>
        console.error(`wirelike: ${missed} events came too fast and are missing here`),
      );
      process.once('SIGINT', () => process.exit(0));
      await following.ended;
      return;
    }
    let since = 0;
    for (;;) {
      const { enabled, events } = await client.call('journal.read', { ...filter, since });
      if (since === 0 && events.length === 0) console.error(`wirelike: ${nothing(enabled, emulator ?? operation)}`);
      for (const event of events) print(event);
      const last = events.at(-1);
      if (last === undefined) return;
      since = last.sequence;
    }
  });
}

function nothing(enabled: boolean, filter: string | undefined): string {
  const what = filter === undefined ? 'nothing is recorded yet' : 'nothing that is recorded matches';
  const own = ownCommand();
  return enabled ? what : `${what}, and the journal is off; use ${own} trace -f, or ${own} up --trace`;
}
