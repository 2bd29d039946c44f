import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openWorldUntilClosed } from '../open-world.ts';
import { eventually, type Trial } from '../trial.ts';
import { WireClient } from '../wire-client.ts';

/** Kinds of handle that belong to listeners, connections and timers. */
const OURS = ['TCPServerWrap', 'TCPSocketWrap', 'PipeServerWrap', 'PipeWrap', 'TLSWrap', 'Timeout', 'Immediate'];

export function testListeners(trial: Trial): void {
  const { emulator, probe } = trial;

  describe('listeners', () => {
    test('port 0 gives every listener a port or socket of its own, and URLs that say so', async () => {
      const one = await trial.world({ without: [] });
      const other = await trial.world({ without: [] });
      for (const spec of emulator.listeners) {
        const [mine, theirs] = [one.addresses.get(spec.name), other.addresses.get(spec.name)];
        if (mine === undefined || theirs === undefined) throw new Error(`${spec.name} is not open`);
        expect(mine.transport).toBe(spec.transport);
        if (spec.transport === 'unix') expect(mine.path).not.toBe(theirs.path);
        else expect(new Set([0, spec.port, mine.port, theirs.port])).toHaveLength(spec.port === undefined || spec.port === 0 ? 3 : 4);
        expect(spec.url(mine)).toContain(spec.transport === 'unix' ? mine.path : String(mine.port));
        const client = await WireClient.connect(mine);
        client.destroy();
      }
    });

    test('the environment and the examples follow the listeners that are open', async () => {
      const world = await trial.world({ without: [] });
      const settings = world.settings(emulator.name);
      const variables = emulator.environment(world.addresses, settings);
      for (const [name, value] of Object.entries(variables)) {
        expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
        expect(value).not.toMatch(/undefined|NaN/);
      }
      const places = emulator.listeners.map((spec) => world.addresses.get(spec.name)).map((address) => address?.path || `${address?.port}`);
      expect(Object.values(variables).some((value) => places.some((place) => value.includes(place)))).toBe(true);
      for (const example of emulator.examples(world.addresses, settings)) expect(example).not.toMatch(/undefined|NaN/);
      // Nothing open: nothing to point at, and no exception.
      const closed = { get: () => undefined, ca_file: undefined };
      expect(Object.values(emulator.environment(closed, settings)).join()).not.toMatch(/undefined|NaN/);
    });

    test('operations have a name each', () => {
      const names = emulator.operations.map((operation) => operation.name);
      expect(names.length).toBeGreaterThan(0);
      expect(new Set(names).size).toBe(names.length);
      expect(names).toContain(probe.fault.operation);
    });

    test('close ends within a second with clients connected, and leaves no handles', async () => {
      const before = handles();
      const world = await openWorldUntilClosed(trial.emulators);
      const address = trial.address(world);
      const paths = world.listeners.map((listener) => listener.address.path).filter((path) => path !== '');
      // One that never said a word, one in the middle of a message, one at work, one that doesn't read.
      const silent = await trial.connect(world);
      const half = await trial.connect(world);
      half.write(trial.session.subarray(0, 3));
      const busy = await trial.opened(world);
      const deaf = await trial.opened(world);
      deaf.pause();
      await eventually('four connections', () => trial.connections(world) === 4);

      const started = performance.now();
      await world.close();
      expect(performance.now() - started).toBeLessThan(1_000);
      expect(trial.connections(world)).toBe(0);
      deaf.resume();
      for (const client of [silent, half, busy, deaf]) {
        await client.gone();
        client.destroy();
      }
      await expect(WireClient.connect(address)).rejects.toThrow();
      for (const path of paths) expect(existsSync(path)).toBe(false);
      await eventually(`handles gone: ${handles()} (before: ${before})`, () => handles() <= before);
    });

    test('a client that ends its side is let go', async () => {
      const world = await trial.world();
      const client = await trial.opened(world);
      client.end();
      await client.gone(2_000);
      await eventually('no connection', () => trial.connections(world) === 0);
    });
  });
}

function handles(): number {
  return process.getActiveResourcesInfo().filter((kind) => OURS.includes(kind)).length;
}
