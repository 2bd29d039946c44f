import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { Direction } from './journal.ts';
import type { Model } from './model.ts';
import type { Random } from './random.ts';
import type { SeedSource } from './seed.ts';
import type { Session } from './session.ts';
import type { Tap } from './tap.ts';

/** Where clients reach an emulator. */
export interface ListenerSpec {
  /** Unique over all emulators; `--port NAME=PORT` and fault rules use it. */
  readonly name: string;
  readonly transport: 'tcp' | 'tls' | 'unix';
  /** The well-known port, for `tcp` and `tls`. */
  readonly port?: number;
  /** The socket's file name in the world's runtime directory, for `unix`. */
  readonly socket?: string;
  /** What a person calls it: "LDAP", "AMQP over TLS". */
  readonly title: string;
  /** For `tls`: whether handshakes without a client's certificate fail, with these settings of the emulator. */
  needsClientCertificate?(settings: Readonly<Record<string, string>>): boolean;
  /** Set if its connections are given to a library that reads and writes by itself ({@link Connection.detach}). */
  readonly detached?: boolean;
  /** The URL that a client is given. */
  url(address: Address): string;
}

/** Where a listener really listens. */
export interface Address {
  readonly listener: string;
  readonly transport: 'tcp' | 'tls' | 'unix';
  /** Empty for `unix`. With several addresses bound, the first. */
  readonly host: string;
  readonly port: number;
  /** Empty but for `unix`. */
  readonly path: string;
}

/** The listeners that are open in a world, by name. */
export interface Addresses {
  get(listener: string): Address | undefined;
  /** The certificate authority's file, once a TLS listener is open. */
  readonly ca_file: string | undefined;
}

/** Something a client can ask for, or be told. The journal, the faults and the coverage page use its name. */
export interface Operation {
  /** The protocol's own name: `basic.publish`, `search`, `DOMAIN_CREATE`. */
  readonly name: string;
  readonly direction: Direction;
  /** Where it is specified: `AMQP 0-9-1 §1.8.3.7`, `RFC 4511 §4.5.1`. */
  readonly reference?: string;
  /** Answered with the protocol's "not supported". */
  readonly unsupported?: boolean;
}

/** An action on an emulator's model from outside the protocol: raise the memory alarm, crash a domain. */
export interface ControlOperation {
  /** Without the emulator's name, which is put before it: `alarm.raise` becomes `amqp.alarm.raise`. */
  readonly name: string;
  readonly help: string;
  /** Checks its parameters itself; throws {@link ControlError} with a sentence for the caller. */
  run(parameters: unknown): unknown;
}

export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** What an emulator can change about itself by `--set EMULATOR.NAME=VALUE`. */
export interface Setting {
  readonly name: string;
  readonly help: string;
  readonly default: string;
}

export interface ModelContext {
  readonly clock: Clock;
  /** A stream of its own, so that one emulator's draws do not change another's. */
  readonly random: Random;
  /** By name; those not given have their default. */
  readonly settings: Readonly<Record<string, string>>;
  /** The model of another emulator in the same world that `uses` names. Check it with `instanceof`. */
  uses(emulator: string): Model;
}

export interface ServeContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly tap: Tap;
  readonly settings: Readonly<Record<string, string>>;
  readonly addresses: Addresses;
}

/** Describes an emulator whose state is an `M` to everybody. */
export interface EmulatorDefinition<M extends Model> {
  readonly name: string;
  /** One line for tables and `--help`. */
  readonly title: string;
  readonly listeners: readonly ListenerSpec[];
  readonly operations: readonly Operation[];
  readonly settings?: readonly Setting[];
  /** Emulators whose models this one needs in the same world. */
  readonly uses?: readonly string[];
  /** Kinds of seed file that belong to this emulator: `['.ldif']`. */
  readonly seed_extensions?: readonly string[];
  /** The variables that point clients here. Only for listeners that are open. */
  environment(addresses: Addresses, settings: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** A client command to paste for each of the listeners that are open, or fewer. */
  examples(addresses: Addresses, settings: Readonly<Record<string, string>>): readonly string[];
  createModel(context: ModelContext): M;
  /** One session for one connection; nothing if the connection was detached. */
  serve(model: M, connection: Connection, context: ServeContext): Session | undefined;
  /** Applies a seed, or throws a `SeedError`. The world is not up yet; what a failed seed leaves is thrown away. */
  seed?(model: M, source: SeedSource, context: ModelContext): void;
  /** What a fresh world holds when no seed is given: `--seed` replaces it. */
  seedDefault?(model: M, context: ModelContext): void;
  control?(model: M): readonly ControlOperation[];
  /** Actions of fault rules that sessions know how to do, besides the control operations. */
  readonly fault_actions?: readonly string[];
  /** Checks an error action of a fault rule against the protocol's codes; returns what is wrong with it. */
  checkFaultError?(error: { readonly code?: number | string | undefined; readonly operation?: string | undefined }): string | undefined;
}

/** An emulator at work in one world. */
export interface EmulatorInstance {
  readonly model: Model;
  readonly control: readonly ControlOperation[];
  serve(connection: Connection, context: ServeContext): Session | undefined;
  seed(source: SeedSource): void;
  seedDefault(): void;
}

/** An emulator as worlds see it: its definition, with the type of its model closed over. */
export interface Emulator extends Omit<EmulatorDefinition<Model>, 'createModel' | 'serve' | 'seed' | 'seedDefault' | 'control'> {
  readonly seedable: boolean;
  create(context: ModelContext): EmulatorInstance;
}

export function defineEmulator<M extends Model>(definition: EmulatorDefinition<M>): Emulator {
  const { createModel, serve, seed, seedDefault, control, ...description } = definition;
  return {
    ...description,
    seedable: seed !== undefined,
    create(context) {
      const model = createModel(context);
      return {
        model,
        control: control?.(model) ?? [],
        serve: (connection, serving) => serve(model, connection, serving),
        seed: (source) => {
          if (seed === undefined) throw new Error(`${definition.name} takes no seed`);
          seed(model, source, context);
        },
        seedDefault: () => seedDefault?.(model, context),
      };
    },
  };
}
