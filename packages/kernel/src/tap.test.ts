import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { FaultAction } from './faults.ts';
import { delayed_operations_max } from './limits.ts';
import { pause, type ToyClient, toyClient } from './toy-client.fixture.ts';
import { toyEmulator } from './toy-emulator.fixture.ts';
import { World } from './world.ts';

async function tapped(action?: FaultAction): Promise<{ world: World; client: ToyClient }> {
  const world = await World.open({ name: 'test', emulators: [toyEmulator()], ephemeral: true });
  onTestFinished(() => world.close(0));
  world.journal.enable();
  if (action !== undefined) world.faults.add({ emulator: 'toy', operation: 'go', action });
  const address = world.addresses.get('toy');
  if (address === undefined) throw new Error('no address');
  const client = await toyClient(address);
  onTestFinished(() => void client.socket.destroy());
  return { world, client };
}

const heard = (client: ToyClient, text: string): Promise<void> => vi.waitFor(() => expect(client.text()).toBe(text));
const story = (world: World): unknown[] =>
  [...world.journal.events()].map((event) => [event.operation, event.attributes.argument ?? event.attributes.action, event.outcome?.code]);

describe('the journal', () => {
  test('gets every operation with its outcome', async () => {
    const { world, client } = await tapped();
    client.socket.write('go 1\ngo 2\n');
    await heard(client, 'go 1\ngo 2\n');
    expect(story(world)).toEqual([
      ['connection.accepted', undefined, undefined],
      ['go', '1', undefined],
      ['go', '2', undefined],
    ]);
    expect([...world.journal.events()].map(({ emulator, connection, direction }) => [emulator, connection, direction])).toEqual([
      ['toy', 1, 'internal'],
      ['toy', 1, 'in'],
      ['toy', 1, 'in'],
    ]);
  });

  test('switched off, and on again', async () => {
    const { world, client } = await tapped();
    world.journal.enable(false);
    client.socket.write('go 1\n');
    await heard(client, 'go 1\n');
    world.journal.enable();
    client.socket.write('go 2\n');
    await heard(client, 'go 1\ngo 2\n');
    expect(story(world)).toHaveLength(2);
  });
});

describe('faults', () => {
  test('delay: its connection waits on the clock of the world', async () => {
    const { world, client } = await tapped({ kind: 'delay', milliseconds: 1_000 });
    world.clock.freeze();
    client.socket.write('a\ngo 1\nb\n');
    await heard(client, 'a\n');
    await pause(20);
    world.clock.advance(1_000);
    await heard(client, 'a\ngo 1\nb\n');
    expect(story(world)).toEqual([
      ['connection.accepted', undefined, undefined],
      ['a', '', undefined],
      ['fault', 'delay', undefined],
      ['go', '1', undefined],
      ['b', '', undefined],
    ]);
  });

  test('delay: a client that ends its side meanwhile is still answered', async () => {
    const { world, client } = await tapped({ kind: 'delay', milliseconds: 1_000 });
    world.clock.freeze();
    client.socket.end('go 1\nlast\n');
    await vi.waitFor(() => expect(story(world)).toHaveLength(2));
    world.clock.advance(1_000);
    expect(await client.ended).toBe('end');
    expect(client.text()).toBe('go 1\nlast\n');
  });

  test('delay: the world closes meanwhile', async () => {
    const { world, client } = await tapped({ kind: 'delay', milliseconds: 1_000 });
    world.clock.freeze();
    client.socket.write('go 1\n');
    await vi.waitFor(() => expect(story(world)).toHaveLength(2));
    void client.ended.then(() => client.socket.end());
    await world.close();
    world.clock.advance(2_000);
    expect(client.text()).toBe('goodbye\n');
  });

  test('delay: what is told later does not overtake', async () => {
    const { world, client } = await tapped();
    world.clock.freeze();
    const tell = (argument: string, action: FaultAction): void => {
      world.faults.add({ emulator: 'toy', operation: 'tell', where: { argument }, action });
    };
    tell('slow', { kind: 'delay', milliseconds: 1_000 });
    tell('quick', { kind: 'delay', milliseconds: 10 });
    tell('lost', { kind: 'swallow' });
    client.socket.write('tell first slow quick lost last\nnext\n');
    await heard(client, 'told first\n');
    // Taking the rules away opens no way round what they hold back.
    world.faults.clear();
    world.journal.enable(false);
    world.clock.advance(999);
    await pause(20);
    expect(client.text()).toBe('told first\n');
    world.clock.advance(1);
    await heard(client, 'told first\ntold slow\ntold quick\ntold last\nnext\n');
  });

  test('delay: a reset of the world ends it, and what it changes is taken back', async () => {
    const { world, client } = await tapped();
    world.faults.add({ emulator: 'toy', operation: 'keep', action: { kind: 'delay', milliseconds: 3_600_000 } });
    client.socket.write('keep x\nkept\n');
    await vi.waitFor(() => expect(story(world)).toHaveLength(2));
    world.reset();
    await heard(client, 'keep x\nx\n');
    client.socket.write('kept\n');
    await heard(client, 'keep x\nx\n\n');
  });

  test('delay: so many operations are held back, no more', async () => {
    const { world, client } = await tapped();
    world.clock.freeze();
    world.faults.add({ emulator: 'toy', operation: 'tell', action: { kind: 'delay', milliseconds: 1_000 } });
    const told = (count: number): string => Array.from({ length: count }, (_, index) => `told ${index}\n`).join('');
    client.socket.write(`tell 0..${delayed_operations_max + 50}\n`);
    await heard(client, told(50));
    world.clock.advance(1_000);
    await heard(client, told(delayed_operations_max + 50));
  });

  test.each<[FaultAction, string, unknown[]]>([
    [{ kind: 'error', code: 404, text: 'gone' }, 'error 404 gone\nb\n', ['go', '1', 404]],
    [{ kind: 'error' }, 'error oops by order\nb\n', ['go', '1', 'oops']],
    [{ kind: 'swallow' }, 'b\n', ['fault', 'swallow', undefined]],
    [{ kind: 'custom', name: 'known' }, 'custom\nb\n', ['fault', 'known', undefined]],
    [{ kind: 'custom', name: 'unknown' }, 'go 1\nb\n', ['go', '1', undefined]],
  ])('%j', async (action, answer, last) => {
    const { world, client } = await tapped(action);
    client.socket.write('go 1\nb\n');
    await heard(client, answer);
    expect(story(world).at(-2)).toEqual(last);
  });

  test('a control operation of the emulator’s as action, before the operation', async () => {
    const { world, client } = await tapped();
    client.socket.write('keep x\n');
    await heard(client, 'keep x\n');
    world.faults.add({ emulator: 'toy', operation: 'kept', action: { kind: 'custom', name: 'forget' }, occurrences: { first: 1 } });
    world.faults.add({ emulator: 'toy', operation: 'go', action: { kind: 'custom', name: 'forget', parameters: { all: true } } });
    client.socket.write('kept\ngo 1\n');
    await heard(client, 'keep x\n\ngo 1\n');
    expect(world.failures).toEqual([]);
    expect([...world.journal.events()].at(-2)).toMatchObject({
      operation: 'fault',
      outcome: { code: 'refused', text: 'expected nothing' },
    });
  });

  test.each([
    ['close', 'end'],
    ['reset', 'ECONNRESET'],
  ] as const)('%s', async (kind, ending) => {
    const { world, client } = await tapped({ kind });
    client.socket.write('go 1\nb\n');
    expect(await client.ended).toBe(ending);
    expect(story(world).at(-1)).toEqual(['fault', kind, undefined]);
  });

  test('corrupt: the operation happens, its bytes are wrong, the same ones for the same seed', async () => {
    const texts: string[] = [];
    for (let run = 0; run < 2; run++) {
      const { client } = await tapped({ kind: 'corrupt' });
      client.socket.write('go 1\n');
      await vi.waitFor(() => expect(client.bytes()).toBe(5));
      texts.push(client.text());
    }
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toBe('go 1\n');
  });
});
