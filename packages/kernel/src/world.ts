import { existsSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificates, loadCertificates } from './certificates.ts';
import { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { Addresses, Emulator, EmulatorInstance, ModelContext, ServeContext } from './emulator.ts';
import { Faults } from './faults.ts';
import { type Attributes, Journal } from './journal.ts';
import { drain_milliseconds, world_failures_max } from './limits.ts';
import { Listener } from './listener.ts';
import type { Model, ModelSnapshot } from './model.ts';
import { Random, type RandomState } from './random.ts';
import { makePrivate, runtimeDirectory } from './runtime-directory.ts';
import type { SeedSource } from './seed.ts';
import type { Session } from './session.ts';
import { Tap } from './tap.ts';

export interface WorldOptions {
  readonly name: string;
  readonly emulators: readonly Emulator[];
  /** What the world's randomness grows from. The same seed, the same bytes. */
  readonly random_seed?: string | number;
  /** Addresses to listen on. Loopback, both families, unless said otherwise. */
  readonly bind?: readonly string[];
  /** Ports by listener; 0 for any free one. Those not named have the default of {@link ephemeral}. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Whether listeners that `ports` does not name take any free port instead of the well-known one. */
  readonly ephemeral?: boolean;
  /** Where this world's unix sockets go. */
  readonly directory?: string;
  /** Where the certificate authority is kept, if not in this user's state directory. */
  readonly state_directory?: string;
  /** Settings by emulator, then by name. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Seeds by emulator. An emulator without any gets its default seed. */
  readonly seeds?: Readonly<Record<string, readonly SeedSource[]>>;
  /** Listeners not to open. */
  readonly without?: readonly string[];
}

/** The whole state of a world at a moment: every model and the generators. */
export interface WorldSnapshot {
  readonly world: string;
  readonly models: ReadonlyMap<string, ModelSnapshot>;
  readonly random: ReadonlyMap<string, RandomState>;
}

/** A mistake of ours that came to light: a session or a timer threw. */
export interface WorldFailure {
  readonly where: 'connection' | 'timer';
  /** The connection that it cost, or 0. */
  readonly connection: number;
  readonly error: unknown;
}

interface Resident {
  readonly emulator: Emulator;
  readonly instance: EmulatorInstance;
  readonly random: Random;
  readonly context: ServeContext;
}

/** A set of emulators that share a clock, a seeded generator, a journal and a set of faults. Owns its listeners. */
export class World {
  readonly name: string;
  readonly clock: Clock = new Clock((error) => this.#failed('timer', 0, error));
  readonly random: Random;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly #options: WorldOptions;
  readonly #residents = new Map<string, Resident>();
  readonly #listeners = new Map<string, Listener>();
  readonly #addresses: Addresses;
  readonly #randomSeed: string;
  readonly #failures: WorldFailure[] = [];
  #certificates: Certificates | undefined;
  #baseline: WorldSnapshot;
  #lastConnection = 0;
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #madeDirectory: string | undefined;

  /** Creates the models and applies the seeds; throws a `SeedError` if one is wrong. Nothing listens yet. */
  constructor(options: WorldOptions) {
    this.name = options.name;
    this.#options = options;
    this.#randomSeed = String(options.random_seed ?? 'wirelike');
    this.random = new Random(this.#randomSeed);
    this.journal = new Journal(this.clock);
    this.faults = new Faults(this.random);
    const listeners = this.#listeners;
    const certificates = (): Certificates | undefined => this.#certificates;
    this.#addresses = {
      get: (name) => listeners.get(name)?.address,
      get ca_file() {
        return certificates()?.ca_file;
      },
    };
    for (const emulator of options.emulators) this.#settle(emulator, []);
    for (const { emulator, instance } of this.#residents.values()) {
      const sources = options.seeds?.[emulator.name] ?? [];
      if (sources.length === 0) instance.seedDefault();
      for (const source of sources) instance.seed(source);
    }
    this.#baseline = this.snapshot();
  }

  /** A world whose listeners accept connections. If one can't be opened, none stays open. */
  static async open(options: WorldOptions): Promise<World> {
    const world = new World(options);
    try {
      await world.listen();
    } catch (error) {
      await world.close(0);
      throw error;
    }
    return world;
  }

  get emulators(): readonly Emulator[] {
    return this.#options.emulators;
  }

  get addresses(): Addresses {
    return this.#addresses;
  }

  get listeners(): readonly Listener[] {
    return [...this.#listeners.values()];
  }

  /** What went wrong in our own code, the latest {@link world_failures_max} of it. Empty unless there is a bug. */
  get failures(): readonly WorldFailure[] {
    return this.#failures;
  }

  instance(emulator: string): EmulatorInstance {
    return this.#resident(emulator).instance;
  }

  model(emulator: string): Model {
    return this.#resident(emulator).instance.model;
  }

  settings(emulator: string): Readonly<Record<string, string>> {
    return this.#resident(emulator).context.settings;
  }

  /** The variables that point clients at this world. */
  environment(): Record<string, string> {
    const all = [...this.#residents.values()].map(({ emulator, context }) => emulator.environment(this.#addresses, context.settings));
    const ca = this.#addresses.ca_file;
    return Object.assign({}, ...all, ca === undefined ? {} : { WIRELIKE_CA_FILE: ca });
  }

  listen(): Promise<void> {
    this.#opening ??= this.#listen();
    return this.#opening;
  }

  async #listen(): Promise<void> {
    const wanted = [...this.#residents.values()].flatMap((resident) =>
      resident.emulator.listeners.filter((spec) => !this.#options.without?.includes(spec.name)).map((spec) => ({ resident, spec })),
    );
    if (wanted.some(({ spec }) => spec.transport === 'tls')) this.#certificates = await loadCertificates(this.#options.state_directory);
    const directory = this.#options.directory ?? join(runtimeDirectory(), this.name);
    if (wanted.some(({ spec }) => spec.transport === 'unix')) {
      if (!existsSync(directory)) this.#madeDirectory = directory;
      makePrivate(directory);
    }
    // One after the other, so that the first taken port is the one that is reported.
    for (const { resident, spec } of wanted) {
      if (this.#closing !== undefined) throw new Error(`world ${this.name} was closed before it was up`);
      const port = this.#options.ports?.[spec.name] ?? (this.#options.ephemeral ? 0 : (spec.port ?? 0));
      const listener = await Listener.open({
        spec,
        hosts: this.#options.bind ?? ['127.0.0.1', '::1'],
        port,
        path: join(directory, spec.socket ?? spec.name),
        certificates: this.#certificates,
        needs_client_certificate: spec.needsClientCertificate?.(resident.context.settings) ?? false,
        nextConnectionId: () => ++this.#lastConnection,
        serve: (connection) => this.#serve(resident, connection),
        failed: (connection, error) => this.#failed('connection', connection.id, error, resident.emulator.name),
      });
      this.#listeners.set(spec.name, listener);
    }
  }

  snapshot(): WorldSnapshot {
    const residents = [...this.#residents];
    return {
      world: this.name,
      models: new Map(residents.map(([name, { instance }]) => [name, instance.model.snapshot()])),
      random: new Map([
        ['', this.random.snapshot()],
        ...residents.map(([name, { random }]): [string, RandomState] => [name, random.snapshot()]),
      ]),
    };
  }

  /** All of the world or nothing of it. */
  restore(snapshot: WorldSnapshot): void {
    const wanted = [...this.#residents].map(([name, resident]) => {
      const model = snapshot.models.get(name);
      if (model === undefined) throw new Error(`the snapshot of world ${snapshot.world} has no ${name}`);
      return { resident, model, random: snapshot.random.get(name) };
    });
    for (const { resident, model, random } of wanted) {
      resident.instance.model.restore(model);
      if (random !== undefined) resident.random.restore(random);
    }
    const state = snapshot.random.get('');
    if (state !== undefined) this.random.restore(state);
  }

  /** Back to the seed: models and generators as at the start, no faults, a clock on real time. Connections live on. */
  reset(): void {
    this.faults.clear();
    // Their clients get their answers, and what they change is taken back with the rest.
    for (const { context } of this.#residents.values()) context.tap.hurry();
    this.clock.reset();
    this.restore(this.#baseline);
    if (this.journal.enabled) {
      this.journal.record({
        emulator: '',
        connection: 0,
        direction: 'internal',
        operation: 'world.reset',
        attributes: {},
        outcome: undefined,
      });
    }
  }

  /** Stops listening, says goodbye to every client, and cuts off those that have not gone after `drain` ms. */
  close(drain: number = drain_milliseconds): Promise<void> {
    this.#closing ??= this.#close(drain);
    return this.#closing;
  }

  async #close(drain: number): Promise<void> {
    // A world that is closed while it comes up finishes the listener that it is at, and opens no other.
    await this.#opening?.catch(() => undefined);
    const stopped = Promise.all(this.listeners.map((listener) => listener.stop()));
    const connections = this.listeners.flatMap((listener) => [...listener.connections]);
    for (const connection of connections) {
      if (drain > 0) connection.goodbye();
      else connection.destroy();
    }
    const cutOff = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, drain);
    await stopped;
    clearTimeout(cutOff);
    this.clock.close();
    this.#removeDirectory();
  }

  /** The directory of the sockets, if this world made it and nobody put anything else there. */
  #removeDirectory(): void {
    if (this.#madeDirectory === undefined) return;
    try {
      rmdirSync(this.#madeDirectory);
    } catch {
      // Not empty, or gone: fine either way.
    }
  }

  #failed(where: WorldFailure['where'], connection: number, error: unknown, emulator = ''): void {
    if (this.#failures.push({ where, connection, error }) > world_failures_max) this.#failures.shift();
    if (!this.journal.enabled) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const outcome = { code: 'failure', text };
    this.journal.record({ emulator, connection, direction: 'internal', operation: 'failure', attributes: { where }, outcome });
  }

  /** Those that it uses first, whatever the order they were given in. */
  #settle(emulator: Emulator, users: readonly string[]): void {
    if (this.#residents.has(emulator.name)) return;
    if (users.includes(emulator.name)) throw new Error(`emulators use each other in a circle: ${[...users, emulator.name].join(', ')}`);
    for (const name of emulator.uses ?? []) {
      const used = this.#options.emulators.find((other) => other.name === name);
      if (used === undefined) throw new Error(`${emulator.name} needs ${name} in the same world`);
      this.#settle(used, [...users, emulator.name]);
    }
    const defaults = Object.fromEntries((emulator.settings ?? []).map((setting) => [setting.name, setting.default]));
    const settings = { ...defaults, ...this.#options.settings?.[emulator.name] };
    const random = new Random(`${this.#randomSeed}/${emulator.name}`);
    const context: ModelContext = {
      clock: this.clock,
      random,
      settings,
      uses: (name) => {
        if (!emulator.uses?.includes(name)) throw new Error(`${emulator.name} does not declare that it uses ${name}`);
        return this.model(name);
      },
    };
    const { journal, faults, clock } = this;
    const control = (name: string, parameters: Attributes): void =>
      void instance.control.find((operation) => operation.name === name)?.run(parameters);
    const tap = new Tap(emulator.name, { journal, faults, clock, random: this.random, control });
    const instance = emulator.create(context);
    this.#residents.set(emulator.name, {
      emulator,
      instance,
      random,
      context: { clock: this.clock, random, tap, settings, addresses: this.#addresses },
    });
  }

  #serve(resident: Resident, connection: Connection): Session | undefined {
    resident.context.tap.note(connection, 'internal', 'connection.accepted', () => ({
      listener: connection.listener,
      peer: connection.peer.address,
      port: connection.peer.port,
    }));
    // The event that Node's own TLS servers go by; a socket without one of them has no other.
    connection.tls?.on('_tlsError', (error: Error) =>
      resident.context.tap.note(connection, 'internal', 'connection.tls-failed', () => ({ reason: reasonOf(error) })),
    );
    return resident.instance.serve(connection, resident.context);
  }

  #resident(emulator: string): Resident {
    const resident = this.#residents.get(emulator);
    if (resident === undefined)
      throw new Error(`world ${this.name} has no emulator ${emulator}; it has ${[...this.#residents.keys()].join(', ')}`);
    return resident;
  }
}

/** OpenSSL's words (`tlsv1 alert unknown ca`), without where in its source. */
function reasonOf(error: Error): string {
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}
