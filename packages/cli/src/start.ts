import type { Hub } from '@wirelike/hub';
import { type Command, Option } from 'commander';
import { collect } from './collect.ts';
import { UsageError } from './report.ts';

/** What `up` and `run` have in common. */
export interface WorldOptions {
  readonly port?: readonly string[];
  readonly bind?: readonly string[];
  readonly seed?: readonly string[];
  readonly set?: readonly string[];
  readonly randomSeed?: string;
  readonly trace?: boolean;
  readonly quiet?: boolean;
  readonly logLevel?: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

export function addWorldOptions(command: Command): Command {
  return command
    .option('--port <NAME=PORT>', 'the port of a listener, 0 for any free one; repeatable (--port ldap=0 --port control=0)', collect)
    .option('--bind <ADDRESS>', 'listen here instead of on loopback; repeatable', collect)
    .option('--seed <FILE>', 'start with this data: .ldif, .json, .xml, or .yaml with a section per emulator; repeatable', collect)
    .option('--set <EMULATOR.NAME=VALUE>', 'a setting of an emulator; repeatable', collect)
    .option('--random-seed <TEXT>', 'where generated ids and names come from: the same text, the same ids')
    .option('--trace', 'print every operation as it happens')
    .option('-q, --quiet', 'print nothing but errors')
    .addOption(new Option('--log-level <LEVEL>', "log the process's own doings to stderr").choices(LOG_LEVELS));
}

export interface Placement {
  /** Whether listeners without `--port` take any free port. */
  readonly ephemeral: boolean;
  /** Where sockets go, if not in the usual place. */
  readonly directory?: string;
}

/** A hub with the world `main` and its control interface, open. If anything is wrong, nothing is left of it. */
export async function start(names: readonly string[], options: WorldOptions, placement: Placement): Promise<Hub> {
  // What `--bind "$ADDRESS"` is without an ADDRESS; to Node it means every address of the machine.
  if (options.bind?.includes('')) throw new UsageError('--bind: expected an address, found nothing');
  const { Hub, loadEmulators, MAIN, parsePorts, parseSettings } = await import('@wirelike/hub');
  const { paceTurns } = await import('@wirelike/kernel');
  paceTurns();
  const hub = new Hub(placement.directory === undefined ? {} : { directory: placement.directory });
  const { all } = await loadEmulators(names);
  const ports = parsePorts(options.port ?? [], all);
  const settings = parseSettings(options.set ?? [], all);
  try {
    await hub.createWorld({
      ...{ name: MAIN, emulators: names, seeds: options.seed ?? [], ports: ports.emulators, settings },
      ...{ ephemeral: placement.ephemeral, trace: options.trace === true },
      ...(options.bind === undefined ? {} : { bind: options.bind }),
      ...(options.randomSeed === undefined ? {} : { random_seed: options.randomSeed }),
    });
    await hub.openControl({ port: ports.control ?? (placement.ephemeral ? 0 : undefined) });
  } catch (error) {
    await hub.close(0);
    throw error;
  }
  return hub;
}
