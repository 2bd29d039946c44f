import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Emulator } from './emulator.ts';
import { SeedError } from './seed.ts';
import { type ToyClient, toyClient } from './toy-client.fixture.ts';
import { ToyModel, toyEmulator } from './toy-emulator.fixture.ts';
import { World, type WorldOptions } from './world.ts';

async function open(emulators: readonly Emulator[] = [toyEmulator()], options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await World.open({ name: 'test', emulators, ephemeral: true, ...options });
  onTestFinished(() => world.close(0));
  return world;
}

async function client(world: World): Promise<ToyClient> {
  const address = world.addresses.get('toy');
  if (address === undefined) throw new Error('no address');
  const connected = await toyClient(address);
  onTestFinished(() => void connected.socket.destroy());
  return connected;
}

async function ask(world: World, ...lines: string[]): Promise<string> {
  const asking = await client(world);
  asking.socket.write(lines.map((line) => `${line}\n`).join(''));
  await vi.waitFor(() => expect(asking.text().split('\n')).toHaveLength(lines.length + 1));
  asking.socket.destroy();
  return asking.text().trimEnd().split('\n').at(-1) ?? '';
}

const SOCKETS = [
  { name: 'toy', transport: 'tcp', title: 'Toy', url: () => '' },
  { name: 'toy-socket', transport: 'unix', socket: 'toy-sock', title: 'Toy socket', url: () => '' },
] as const;

describe('opening', () => {
  test('gives addresses and an environment', async () => {
    const world = await open();
    const address = world.addresses.get('toy');
    expect(address?.port).toBeGreaterThan(0);
    expect(world.environment()).toEqual({ TOY_PORT: String(address?.port) });
    expect(await ask(world, 'hello')).toBe('hello');
  });

  test('a port of one’s own, a listener left out', async () => {
    const world = await open([toyEmulator({ listeners: SOCKETS })], { without: ['toy-socket'] });
    expect(world.listeners.map((listener) => listener.spec.name)).toEqual(['toy']);
    const { port = 0 } = world.addresses.get('toy') ?? {};
    await world.close(0);
    const again = await open(undefined, { ports: { toy: port } });
    expect(again.addresses.get('toy')?.port).toBe(port);
  });

  test('fails as a whole: a taken port leaves nothing open, no socket and no directory', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const runtime = mkdtempSync(join(tmpdir(), 'wl-'));
    vi.stubEnv('WIRELIKE_RUNTIME_DIR', runtime);
    const toys = toyEmulator({ listeners: [...SOCKETS, { ...SOCKETS[0], name: 'second' }] });
    await expect(open([toys], { ports: { second: port } })).rejects.toThrow(`port ${port} is taken`);
    expect(readdirSync(runtime)).toEqual([]);
    vi.unstubAllEnvs();
    rmSync(runtime, { recursive: true });
    await new Promise((resolve) => taken.close(resolve));
  });

  test('one port for two listeners: says which has it', async () => {
    const first = await open();
    const { port = 0 } = first.addresses.get('toy') ?? {};
    await first.close(0);
    const toys = toyEmulator({ listeners: [SOCKETS[0], { ...SOCKETS[0], name: 'second', title: 'Second' }] });
    await expect(open([toys], { ports: { toy: port, second: port } })).rejects.toThrow(
      `Second: port ${port} is that of Toy (toy) already; choose another port with --port second=PORT (0 for any free one)`,
    );
  });

  test('closed while it comes up, it opens nothing more', async () => {
    const listeners = Array.from({ length: 5 }, (_, index) => ({ ...SOCKETS[0], name: `toy${index}` }));
    const world = new World({ name: 'test', emulators: [toyEmulator({ listeners })], ephemeral: true });
    const listening = world.listen();
    const closing = world.close(0);
    await expect(listening).rejects.toThrow('was closed before it was up');
    await closing;
    for (const { address } of world.listeners) await expect(toyClient(address)).rejects.toThrow('ECONNREFUSED');
  });

  test('sockets and their directory are gone after the close', async () => {
    const runtime = mkdtempSync(join(tmpdir(), 'wl-'));
    vi.stubEnv('WIRELIKE_RUNTIME_DIR', runtime);
    const world = await open([toyEmulator({ listeners: SOCKETS })]);
    const path = world.addresses.get('toy-socket')?.path ?? '';
    vi.unstubAllEnvs();
    expect(path).toBe(join(runtime, 'test', 'toy-sock'));
    expect(existsSync(path)).toBe(true);
    await world.close();
    expect(readdirSync(runtime)).toEqual([]);
    rmSync(runtime, { recursive: true });
  });
});

describe('emulators that use each other', () => {
  const user = toyEmulator({
    name: 'user',
    listeners: [],
    uses: ['toy'],
    createModel: ({ uses }) => {
      const model = new ToyModel();
      const other = uses('toy');
      model.kept = [other instanceof ToyModel ? 'a toy of the same world' : 'something else'];
      return model;
    },
  });

  test('are created in the right order', () => {
    const world = new World({ name: 'test', emulators: [user, toyEmulator()] });
    expect(world.model('user')).toMatchObject({ kept: ['a toy of the same world'] });
  });

  test('what they need must be there, declared, and not in a circle', () => {
    expect(() => new World({ name: 'test', emulators: [user] })).toThrow('user needs toy in the same world');
    expect(() => new World({ name: 'test', emulators: [user, toyEmulator({ uses: ['user'] })] })).toThrow(/circle: user, toy, user/);
    const sneaky = toyEmulator({ name: 'sneaky', listeners: [], createModel: ({ uses }) => Object.assign(new ToyModel(), uses('toy')) });
    expect(() => new World({ name: 'test', emulators: [toyEmulator(), sneaky] })).toThrow('does not declare');
    expect(() => new World({ name: 'test', emulators: [] }).model('toy')).toThrow('has no emulator toy');
  });
});

describe('state', () => {
  const seeded = toyEmulator({
    seedDefault: (model) => {
      model.kept = ['default'];
    },
    seed: (model, source) => {
      if (source.kind !== 'file' || source.text === '') throw new SeedError(source.path, 3, 'expected a line');
      model.kept = [...model.kept, source.text];
    },
  });

  test('seeds replace the default; a wrong one throws before anything listens', async () => {
    expect(await ask(await open([seeded]), 'kept')).toBe('default');
    const file = (text: string): { kind: 'file'; path: string; text: string } => ({ kind: 'file', path: 'toys.txt', text });
    expect(await ask(await open([seeded], { seeds: { toy: [file('a'), file('b')] } }), 'kept')).toBe('a,b');
    await expect(open([seeded], { seeds: { toy: [file('a'), file('')] } })).rejects.toThrow('toys.txt:3: expected a line');
  });

  test('reset: the seed, no faults, a clock on real time', async () => {
    const world = await open([seeded]);
    await ask(world, 'keep x');
    const draw = world.random.snapshot();
    world.random.bytes(10);
    world.faults.add({ emulator: 'toy', operation: '*', action: { kind: 'close' } });
    world.clock.freeze();
    world.clock.advance(86_400_000);
    world.journal.enable();
    world.reset();
    expect(Math.abs(world.clock.now() - Date.now())).toBeLessThan(1_000);
    expect([world.clock.frozen, world.faults.armed]).toEqual([false, false]);
    expect(world.random.snapshot()).toEqual(draw);
    expect([...world.journal.events()].map((event) => event.operation)).toEqual(['world.reset']);
    expect(await ask(world, 'kept')).toBe('default');
  });

  test('restore is all or nothing', async () => {
    const world = await open([seeded, toyEmulator({ name: 'second', listeners: [] })]);
    const whole = world.snapshot();
    await ask(world, 'keep x');
    const part = { ...whole, models: new Map([...whole.models].slice(0, 1)) };
    expect(() => world.restore(part)).toThrow('has no second');
    expect(await ask(world, 'kept')).toBe('default,x');
    world.restore(whole);
    expect(await ask(world, 'kept')).toBe('default');
  });

  test('two worlds are two worlds', async () => {
    const [one, other] = [await open(), await open(undefined, { name: 'other' })];
    one.journal.enable();
    one.clock.advance(1_000_000);
    one.faults.add({ emulator: 'toy', operation: 'kept', action: { kind: 'error' } });
    await ask(one, 'keep x');
    expect(await ask(one, 'kept')).toBe('error oops by order');
    expect(await ask(other, 'kept')).toBe('');
    expect([...other.journal.events()]).toEqual([]);
    expect(one.clock.now() - other.clock.now()).toBeGreaterThan(900_000);
    await one.close(0);
    expect(await ask(other, 'still there')).toBe('still there');
  });
});

describe('closing', () => {
  test('says goodbye, waits for those that go, cuts off the others, within a second', async () => {
    const world = await open();
    const [polite, rude] = [await client(world), await client(world)];
    await vi.waitFor(() => expect(world.listeners[0]?.connections.size).toBe(2));
    void polite.ended.then(() => polite.socket.end());
    const started = performance.now();
    await Promise.all([world.close(), world.close()]);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(700);
    expect(took).toBeLessThan(1_000);
    expect([polite.text(), rude.text()]).toEqual(['goodbye\n', 'goodbye\n']);
  });

  test('is quick when all clients are polite', async () => {
    const world = await open();
    const polite = await client(world);
    void polite.ended.then(() => polite.socket.end());
    await ask(world, 'x');
    const started = performance.now();
    await world.close();
    expect(performance.now() - started).toBeLessThan(200);
  });
});

test('a session that throws costs its client, and is remembered', async () => {
  const world = await open();
  world.journal.enable();
  const [broken, honest] = [await client(world), await client(world)];
  broken.socket.write('throw\n');
  await broken.ended;
  expect(world.failures).toMatchObject([{ where: 'connection', error: new Error('the toy is broken') }]);
  const events = [...world.journal.events()].filter((event) => event.operation === 'failure');
  expect(events.map(({ attributes }) => attributes)).toEqual([{ where: 'connection' }]);
  world.clock.after(0, () => {
    throw new Error('so is the timer');
  });
  world.clock.advance(1);
  expect(world.failures).toHaveLength(2);
  honest.socket.write('here\n');
  await vi.waitFor(() => expect(honest.text()).toBe('here\n'));
});
