import type { Address, Emulator, World, WorldOptions } from '@wirelike/kernel';
import { openWorld } from './open-world.ts';
import type { EmulatorProbe } from './probe.ts';
import { WireClient } from './wire-client.ts';

/** One emulator and its probe, with the steps that most inherited tests are made of. */
export class Trial {
  readonly emulator: Emulator;
  readonly probe: EmulatorProbe;

  constructor(emulator: Emulator, probe: EmulatorProbe) {
    this.emulator = emulator;
    this.probe = probe;
  }

  /** What the client of {@link EmulatorProbe.session} sends, in one piece. */
  get session(): Buffer {
    return Buffer.concat(this.probe.session.messages);
  }

  get emulators(): readonly Emulator[] {
    return [...(this.probe.companions ?? []), this.emulator];
  }

  /** A world for the test that calls this. Without certificates and without listeners that no test here speaks over. */
  world(options: Partial<WorldOptions> = {}): Promise<World> {
    const others = this.emulators.flatMap((emulator) => emulator.listeners.map((spec) => spec.name));
    return openWorld(this.emulators, { without: others.filter((name) => name !== this.probe.listener), ...options });
  }

  address(world: World): Address {
    const address = world.addresses.get(this.probe.listener);
    if (address === undefined) throw new Error(`${this.emulator.name} has no open listener ${this.probe.listener}`);
    return address;
  }

  connect(world: World): Promise<WireClient> {
    return WireClient.connect(this.address(world));
  }

  /** A client of whom operations can be asked. */
  async opened(world: World): Promise<WireClient> {
    const client = await this.connect(world);
    await this.probe.open(client);
    return client;
  }

  /** What a client that comes now sees. */
  async observed(world: World): Promise<string> {
    const client = await this.opened(world);
    const text = await this.probe.observe(client);
    client.destroy();
    return text;
  }

  async mutated(world: World, n: number): Promise<void> {
    const client = await this.opened(world);
    await this.probe.mutate(client, n);
    client.destroy();
  }

  /** Sends the session as `send` likes, and returns what the server answered, masked. */
  async replies(world: World, send: (client: WireClient) => Promise<void>): Promise<Buffer> {
    const client = await this.connect(world);
    await send(client);
    const replies = Buffer.from(await client.readUntil((received) => this.probe.session.answered(received)));
    client.destroy();
    return this.probe.session.mask?.(replies) ?? replies;
  }

  /** Connections that the server holds. */
  connections(world: World): number {
    return world.listeners.reduce((sum, listener) => sum + listener.connections.size, 0);
  }
}

/** Waits for something that other parties do in their own time. */
export async function eventually(what: string, holds: () => boolean, timeout_milliseconds = 3_000): Promise<void> {
  const deadline = performance.now() + timeout_milliseconds;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeout_milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
