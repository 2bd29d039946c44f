import type { Broker, Novelty, User, VirtualHost } from '../../model/index.ts';
import type { JsonObject } from '../json.ts';
import type { Options, Switches } from './command-line.ts';

/** One call of rabbitmqctl, taken apart. */
export interface Call {
  readonly broker: Broker;
  /** Behind the command's name. */
  readonly words: readonly string[];
  /** `--vhost`, `/` if none was given. */
  readonly vhost: string;
  readonly options: Options;
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
  /** Columns whose texts are atoms to Erlang. */
  readonly atoms?: readonly string[];
}

/** A text as it is, or a table in the format that was asked for. */
export type Output = string | Table | undefined;

export interface CtlCommand {
  /** Behind the name, as the usage line shows it. */
  readonly usage: string | ((broker: Broker) => string);
  /** Older releases have no such command. */
  readonly since?: Novelty;
  /** … and newer ones have it no more. */
  readonly until?: Novelty;
  /** The program that has it, if that is not rabbitmqctl: `--script-name` says which one is meant. */
  readonly script?: 'rabbitmq-queues' | 'rabbitmq-diagnostics';
  /** The fewest and the most words it takes. */
  readonly words: readonly [number, number];
  /** Its own options, beside those that every command has. */
  readonly switches?: Switches;
  /** One-letter names of those. */
  readonly letters?: Readonly<Record<string, string>>;
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
  /** What it has printed before it failed. */
  readonly output: string;

  constructor(status: number, text: string, output = '') {
    super(text);
    this.status = status;
    this.output = output;
  }

  /** Before it says what it will do. */
  static early(text: string, status: number = EXIT.unavailable): CtlFailure {
    return new EarlyFailure(status, `Error:\n${text}`);
  }

  /** What was typed makes no sense: told with how the command is used, before it begins. */
  static invalid(problem: string, status: number = EXIT.usage): CtlFailure {
    return new InvalidArguments(status, problem);
  }

  static of(text: string, status: number = EXIT.unavailable): CtlFailure {
    return new CtlFailure(status, `Error:\n${text}`);
  }
}

export class EarlyFailure extends CtlFailure {}

/** `title`: what its line begins with. */
export class InvalidArguments extends CtlFailure {
  readonly title: string;

  constructor(status: number, text: string, title = 'Error (argument validation)') {
    super(status, text);
    this.title = title;
  }
}

export function word(call: Call, index: number): string {
  return call.words[index] ?? '';
}

export function vhostOf({ broker, vhost }: Call): VirtualHost {
  const found = broker.vhosts.get(vhost);
  if (found === undefined) throw CtlFailure.of(`Virtual host '${vhost}' does not exist`);
  return found;
}

/** How a queue that does not exist is told. */
export function notFound({ broker }: Call): CtlFailure {
  if (!broker.release.has('found-nothing')) return CtlFailure.of('not_found');
  return new CtlFailure(EXIT.data, 'Object (queue, stream, exchange, etc) was not found');
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
