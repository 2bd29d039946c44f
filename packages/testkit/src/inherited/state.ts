import { DumpError, type ModelDump } from '@wirelike/kernel';
import { describe, expect, test } from 'vitest';
import type { Trial } from '../trial.ts';

export function testState(trial: Trial): void {
  const { emulator } = trial;

  describe('state', () => {
    test('operations change what clients see', async () => {
      const world = await trial.world();
      const seen = [await trial.observed(world)];
      for (let n = 0; n < 3; n++) {
        await trial.mutated(world, n);
        seen.push(await trial.observed(world));
      }
      expect(new Set(seen).size).toBe(4);
    });

    test('reset goes back to the seed, as often as wanted', async () => {
      const world = await trial.world();
      const seed = await trial.observed(world);
      for (let round = 0; round < 2; round++) {
        await trial.mutated(world, 0);
        await trial.mutated(world, 1);
        expect(await trial.observed(world)).not.toBe(seed);
        world.reset();
        expect(await trial.observed(world)).toBe(seed);
      }
    });

    test('a snapshot can be restored twice, in any order', async () => {
      const world = await trial.world();
      const snapshots = [world.snapshot()];
      const seen = [await trial.observed(world)];
      for (let n = 0; n < 3; n++) {
        await trial.mutated(world, n);
        snapshots.push(world.snapshot());
        seen.push(await trial.observed(world));
      }
      for (const index of [1, 0, 3, 3, 2, 0, 1, 2]) {
        const snapshot = snapshots[index];
        if (snapshot === undefined) throw new Error('no snapshot');
        world.restore(snapshot);
        expect(await trial.observed(world), `snapshot ${index}`).toBe(seen[index]);
        // What happens after a restore must not seep into the snapshot.
        await trial.mutated(world, 10 + index);
        world.restore(snapshot);
        expect(await trial.observed(world), `snapshot ${index}, again`).toBe(seen[index]);
      }
    });

    test('a client that was there before a restore does no harm', async () => {
      const world = await trial.world();
      const client = await trial.opened(world);
      const before = world.snapshot();
      await trial.probe.mutate(client, 0);
      world.restore(before);
      world.reset();
      // It may have been told that its things are gone, or hung up on; whatever it does now is its own affair.
      await trial.probe.mutate(client, 1).catch(() => undefined);
      client.destroy();
      world.reset();
      await trial.mutated(world, 0);
    });

    test('two worlds do not see each other', async () => {
      const [one, other] = [await trial.world(), await trial.world()];
      other.journal.enable();
      const untouched = await trial.observed(other);
      const events = [...other.journal.events()].length;
      one.clock.freeze();
      one.faults.add({ emulator: emulator.name, operation: '*', action: { kind: 'delay', milliseconds: 0 } });
      one.faults.clear();
      await trial.mutated(one, 0);
      await trial.mutated(one, 1);
      expect(other.clock.frozen).toBe(false);
      expect([...other.journal.events()]).toHaveLength(events);
      expect(await trial.observed(other)).toBe(untouched);
      one.reset();
      await trial.mutated(other, 0);
      expect(await trial.observed(one)).toBe(untouched);
    });

    test('a dump becomes JSON and the same state in another world', async () => {
      const [one, other] = [await trial.world(), await trial.world()];
      await trial.mutated(one, 0);
      await trial.mutated(one, 1);
      await trial.mutated(other, 2);
      const dump = one.model(emulator.name).dump();
      expect(dump.emulator).toBe(emulator.name);
      const text = JSON.stringify(dump);
      const parsed: ModelDump = JSON.parse(text);
      other.model(emulator.name).load(parsed);
      expect(await trial.observed(other)).toBe(await trial.observed(one));
      expect(JSON.stringify(other.model(emulator.name).dump().state)).toHaveLength(JSON.stringify(dump.state).length);
      // The loaded state lives: it can be changed, and snapshots of before still fit.
      const snapshot = other.snapshot();
      await trial.mutated(other, 3);
      other.restore(snapshot);
      expect(await trial.observed(other)).toBe(await trial.observed(one));
    });

    test('a dump that does not fit is refused and changes nothing', async () => {
      const world = await trial.world();
      await trial.mutated(world, 0);
      const seen = await trial.observed(world);
      const model = world.model(emulator.name);
      const dump = model.dump();
      const misfits: ModelDump[] = [
        { ...dump, emulator: `not-${emulator.name}` },
        { ...dump, version: dump.version + 1 },
        { ...dump, state: undefined },
        { ...dump, state: 'nonsense' },
        { ...dump, state: { nonsense: [1, 2, 3] } },
      ];
      for (const misfit of misfits) expect(() => model.load(misfit)).toThrow(DumpError);
      expect(await trial.observed(world)).toBe(seen);
    });

    test('a snapshot of another world or emulator is refused', async () => {
      const world = await trial.world();
      const model = world.model(emulator.name);
      expect(() => model.restore({ emulator: 'somebody-else' })).toThrow();
      expect(() => world.restore({ world: 'elsewhere', models: new Map(), random: new Map() })).toThrow(/elsewhere/);
    });
  });
}
