import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { ControlError, runtimeDirectory } from '@wirelike/kernel';
import { type Control, openControl } from './control/control.ts';
import { HostedWorld } from './hosted-world.ts';
import { control_port, worlds_max } from './limits.ts';
import { unknownWord } from './nearest.ts';
import { type EmulatorRegistry, emulators, loadEmulators } from './registry.ts';
import type { SeedText } from './seeds.ts';

export interface HubOptions {
  /** Which emulators exist. All of wirelike's unless said otherwise. */
  readonly registry?: EmulatorRegistry;
  /** Where sockets go; every world has a folder in it. */
  readonly directory?: string;
}

export interface WorldRequest {
  readonly name: string;
  /** By name; none named: all. */
  readonly emulators?: readonly string[];
  /** Paths, or texts that are already here. */
  readonly seeds?: readonly (string | SeedText)[];
  readonly random_seed?: string | number;
  readonly bind?: readonly string[];
  /** By listener; 0 for any free one. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Whether listeners that `ports` does not name take any free port. */
  readonly ephemeral?: boolean;
  readonly settings?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly trace?: boolean;
}

export const MAIN = 'main';

/** Worlds in one process, and the control interface to them. */
export class Hub {
  readonly directory: string;
  readonly registry: EmulatorRegistry;
  readonly started: number = Date.now();
  readonly #worlds = new Map<string, HostedWorld>();
  /** Worlds that are coming up or going down, by name. */
  readonly #moving = new Map<string, Promise<unknown>>();
  #openingControl: Promise<Control> | undefined;
  #control: Control | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: HubOptions = {}) {
    this.directory = options.directory ?? runtimeDirectory();
    this.registry = options.registry ?? emulators;
  }

  get worlds(): readonly HostedWorld[] {
    return [...this.#worlds.values()];
  }

  get control(): Control | undefined {
    return this.#control;
  }

  /** Throws a `ControlError` that names the nearest world there is. */
  world(name: string = MAIN): HostedWorld {
    const hosted = this.#worlds.get(name);
    if (hosted === undefined) throw new ControlError(unknownWord('world', name, [...this.#worlds.keys()]));
    return hosted;
  }

  /** A world whose listeners accept connections. If anything is wrong (a seed, a taken port), nothing of it stays. */
  async createWorld(request: WorldRequest): Promise<HostedWorld> {
    const { name } = request;
    // It becomes a folder's name.
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(name)) {
      throw new ControlError(`world name "${name}": expected up to 32 letters, digits, ".", "_" and "-"`);
    }
    if (this.#worlds.has(name) || this.#moving.has(name)) throw new ControlError(`there is a world "${name}" already`);
    this.#mustRun();
    if (this.#worlds.size + this.#moving.size >= worlds_max)
      throw new ControlError(`there are ${worlds_max} worlds already; delete some with world.delete`);
    const opening = this.#open(request);
    this.#moving.set(name, opening);
    try {
      const hosted = await opening;
      this.#worlds.set(name, hosted);
      return hosted;
    } finally {
      this.#moving.delete(name);
    }
  }

  async deleteWorld(name: string): Promise<void> {
    const { world } = this.world(name);
    this.#worlds.delete(name);
    const closing = world.close();
    // Another world of that name would have the same sockets.
    this.#moving.set(name, closing);
    await closing.finally(() => this.#moving.delete(name));
    this.#discard(name);
  }

  /** Opens the control interface: a socket for net-ipc and a port for HTTP. */
  async openControl(options: { readonly port?: number | undefined } = {}): Promise<Control> {
    this.#mustRun();
    this.#openingControl ??= openControl(this, { port: options.port ?? control_port, directory: this.directory });
    try {
      this.#control = await this.#openingControl;
      return this.#control;
    } catch (error) {
      // Another port may do.
      this.#openingControl = undefined;
      throw error;
    }
  }

  /** The variables that point clients at a world and tools at its control interface. */
  environment(name: string = MAIN): Record<string, string> {
    const control = this.#control;
    const controls: Record<string, string> = control === undefined ? {} : { WIRELIKE_URL: control.url, WIRELIKE_SOCKET: control.path };
    return { ...this.world(name).world.environment(), ...controls, WIRELIKE_PID: String(process.pid) };
  }

  /** Runs a control operation by its name. The result is plain JSON. Throws a `ControlError` with a sentence for the caller. */
  async call(operation: string, parameters: object = {}): Promise<unknown> {
    // Whoever only brings a world up never asks: operations and their schemas are loaded for the first one who does.
    const { callOperation } = await import('./operations/registry.ts');
    return callOperation(this, operation, parameters);
  }

  /** Every client is told goodbye; those that have not gone after `drain` milliseconds are cut off. */
  close(drain?: number): Promise<void> {
    this.#closing ??= this.#close(drain);
    return this.#closing;
  }

  #mustRun(): void {
    if (this.#closing !== undefined) throw new ControlError('this wirelike is stopping');
  }

  async #close(drain: number | undefined): Promise<void> {
    // What is coming up is waited for: nobody would close it later.
    await Promise.allSettled([...this.#moving.values(), this.#openingControl]);
    await Promise.all([this.#control?.close(), ...this.worlds.map(({ world }) => world.close(drain))]);
    for (const { name } of this.worlds) this.#discard(name);
    this.#worlds.clear();
  }

  async #open(request: WorldRequest): Promise<HostedWorld> {
    const loaded = await loadEmulators(request.emulators ?? [], this.registry);
    const known = Object.keys(this.registry);
    const seeds = request.seeds?.length ? await (await import('./seeds.ts')).loadSeeds(request.seeds, loaded.all, known) : {};
    const { name, random_seed, bind, ports, ephemeral, settings } = request;
    const hosted = new HostedWorld({
      name,
      emulators: loaded.all,
      seeds,
      directory: join(this.directory, name),
      without: loaded.all
        .filter((emulator) => loaded.used_only.has(emulator.name))
        .flatMap(({ listeners }) => listeners.map((spec) => spec.name)),
      ...(random_seed === undefined ? {} : { random_seed }),
      ...(bind === undefined ? {} : { bind }),
      ...(ports === undefined ? {} : { ports }),
      ...(ephemeral === undefined ? {} : { ephemeral }),
      ...(settings === undefined ? {} : { settings }),
    });
    if (request.trace) hosted.enableJournal(true);
    try {
      await hosted.world.listen();
    } catch (error) {
      await hosted.world.close(0);
      this.#discard(name);
      throw error;
    }
    return hosted;
  }

  /** The folder of a world's sockets, which are gone with their listeners. */
  #discard(name: string): void {
    try {
      rmdirSync(join(this.directory, name));
    } catch {
      // It was never made, or the sockets in it are another process's.
    }
  }
}
