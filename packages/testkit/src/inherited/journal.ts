import type { JournalEvent } from '@wirelike/kernel';
import { describe, expect, test } from 'vitest';
import type { Trial } from '../trial.ts';

/** Recorded by the kernel for every emulator. */
const KERNEL_OPERATIONS = ['connection.accepted', 'fault'];

export function testJournal(trial: Trial): void {
  const { emulator, probe } = trial;

  describe('journal', () => {
    test('records every operation under its declared name, with attributes that can be read', async () => {
      const world = await trial.world();
      world.journal.enable();
      const client = await trial.opened(world);
      await probe.mutate(client, 0);
      await probe.observe(client);
      await probe.fault.trigger(client);
      const events = [...world.journal.events()].filter((event) => event.emulator === emulator.name);
      const declared = new Set([...emulator.operations.map((operation) => operation.name), ...KERNEL_OPERATIONS]);
      expect(events.map((event) => event.operation).filter((name) => !declared.has(name))).toEqual([]);
      const triggered = events.filter((event) => event.operation === probe.fault.operation && event.direction !== 'internal');
      expect(triggered.length).toBeGreaterThan(0);
      const last = triggered.at(-1);
      expect(last?.connection).toBeGreaterThan(0);
      expect(last?.attributes).toMatchObject(probe.fault.attributes);
      for (const event of events) expect(() => readable(event)).not.toThrow();
    });

    test('switched off it records nothing', async () => {
      const world = await trial.world();
      await trial.mutated(world, 0);
      expect([...world.journal.events()]).toEqual([]);
    });

    test('what it recorded stays as it was while the connection goes on', async () => {
      const world = await trial.world();
      world.journal.enable();
      const client = await trial.opened(world);
      await probe.mutate(client, 0);
      const sequence = [...world.journal.events()].at(-1)?.sequence ?? 0;
      const early = (): string =>
        [...world.journal.events()]
          .filter((event) => event.sequence <= sequence)
          .map(readable)
          .join('\n');
      const before = early();
      // Attributes that are views of the input would change now.
      for (let n = 1; n < 20; n++) await probe.mutate(client, n);
      expect(early()).toBe(before);
    });
  });
}

function readable(event: JournalEvent): string {
  const attributes = Object.entries(event.attributes).map(([name, value]) => `${name}=${String(value)}`);
  return `${event.sequence} ${event.operation} ${attributes.join(' ')} ${event.outcome?.code ?? ''} ${event.outcome?.text ?? ''}`;
}
