import type { Broker, Novelty, User, VirtualHost } from '../../model/index.ts';
import type { JsonObject } from '../json.ts';

/** One call of rabbitmqctl, taken apart. */
export interface Call {
  readonly broker: Broker;
  /** Behind the command's name. */
  readonly words: readonly string[];
  /** `--vhost`, `/` if none was given. */
  readonly vhost: string;
  /** Without the dashes; flags are `true`. */
  readonly options: Readonly<Record<string, string | true>>;
  /** What a file that the command reads holds. */
  readonly input: string | undefined;
}

/** Rows under their columns, in order. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
  /** RabbitMQ sends it as a whole, and rabbitmqctl prints an empty one as an empty line. */
  readonly whole?: boolean;
  /** It has none, whatever was asked for. */
  readonly headless?: boolean;
}

/** A text as it is, or a table in the format that was asked for. */
export type Output = string | Table | undefined;

export interface CtlCommand {
  /** Behind the name, as the usage line shows it. */
  readonly usage: string | ((broker: Broker) => string);
  /** Older releases have no such command. */
  readonly since?: Novelty;
  /** The fewest and the most words it takes. */
  readonly words: readonly [number, number];
  /** Its own options, beside those that every command has. */
  readonly options?: readonly string[];
  /** The line before its output: `Listing users ...`. */
  banner?(call: Call): string;
  /** Throws {@link CtlFailure}, and the model's refusals. */
  run(call: Call): Output;
}

/** sysexits.h, which rabbitmqctl's exit statuses follow. */
export const EXIT = { usage: 64, data: 65, noUser: 67, unavailable: 69, software: 70 } as const;

/** What goes to standard error, and the exit status. */
export class CtlFailure extends Error {
  override readonly name = 'CtlFailure';
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }

  /** What was typed makes no sense: told with how the command is used, before it begins. */
  static invalid(problem: string, status: number = EXIT.usage): CtlFailure {
    return new InvalidArguments(status, problem);
  }

  static of(text: string, status: number = EXIT.unavailable): CtlFailure {
    return new CtlFailure(status, `Error:\n${text}`);
  }
}

export class InvalidArguments extends CtlFailure {}

export function word(call: Call, index: number): string {
  return call.words[index] ?? '';
}

export function vhostOf({ broker, vhost }: Call): VirtualHost {
  const found = broker.vhosts.get(vhost);
  if (found === undefined) throw CtlFailure.of(`Virtual host '${vhost}' does not exist`);
  return found;
}

/** Some listings tell of a missing virtual host in another way. */
export function listedVhost({ broker, vhost }: Call): VirtualHost {
  const found = broker.vhosts.get(vhost);
  if (found === undefined) throw new CtlFailure(EXIT.data, `Virtual host '${vhost}' does not exist`);
  return found;
}

export function userOf({ broker }: Call, name: string): User {
  const user = broker.users.get(name);
  if (user === undefined) throw new CtlFailure(EXIT.noUser, `Error:\nUser "${name}" does not exist`);
  return user;
}

export function option(call: Call, name: string): string | undefined {
  const value = call.options[name];
  return typeof value === 'string' ? value : undefined;
}
