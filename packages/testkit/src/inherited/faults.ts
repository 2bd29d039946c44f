import type { FaultAction, FaultRule, JournalEvent, World } from '@wirelike/kernel';
import { describe, expect, test } from 'vitest';
import { pause, type Trial } from '../trial.ts';

/** Long enough for an answer over loopback, short enough to wait for one that must not come. */
const SILENCE_MILLISECONDS = 150;

export function testFaults(trial: Trial): void {
  const { emulator, probe } = trial;
  const { fault } = probe;
  const rule = (action: FaultAction, more: Partial<FaultRule> = {}): FaultRule => ({
    emulator: emulator.name,
    operation: fault.operation,
    where: fault.attributes,
    action,
    ...more,
  });
  const error: FaultAction = { kind: 'error', ...fault.error };

  /** Asks on a connection of its own: an error may end the connection. */
  const ask = async (world: World): Promise<Uint8Array> => {
    const client = await trial.opened(world);
    try {
      return Buffer.from(await fault.trigger(client));
    } finally {
      client.destroy();
    }
  };

  describe('faults', () => {
    test('without one, there is no error', async () => {
      const world = await trial.world();
      expect(fault.isError(await ask(world))).toBe(false);
    });

    test('a protocol error with the code and text of the rule, and a record of it', async () => {
      const world = await trial.world();
      world.journal.enable();
      const { id } = world.faults.add(rule(error));
      expect(fault.isError(await ask(world))).toBe(true);
      expect(world.faults.list()).toMatchObject([{ id, matched: 1, fired: 1 }]);
      expect(firings(world).map(({ attributes }) => attributes)).toMatchObject([{ rule: id, operation: fault.operation, action: 'error' }]);
      const outcomes = [...world.journal.events()].filter((event) => event.operation === fault.operation).map((event) => event.outcome);
      expect(outcomes.at(-1)?.code).toBe(fault.error.code);
      world.faults.remove(id);
      expect(fault.isError(await ask(world))).toBe(false);
    });

    test('an error without code and text is the protocol’s own', async () => {
      const world = await trial.world();
      world.faults.add(rule({ kind: 'error' }, { occurrences: { first: 1 } }));
      const answer = await ask(world);
      expect(answer.length).toBeGreaterThan(0);
      expect(fault.isError(await ask(world))).toBe(false);
    });

    test('only where the attributes match, and only the nth time', async () => {
      const world = await trial.world();
      world.faults.add(rule(error, { where: fault.attributes_missed }));
      expect(fault.isError(await ask(world))).toBe(false);
      world.faults.clear();
      world.faults.add(rule(error, { occurrences: { nth: 2 } }));
      const answers = [await ask(world), await ask(world), await ask(world)].map((answer) => fault.isError(answer));
      expect(answers).toEqual([false, true, false]);
    });

    test('a delay on the clock of the world: frozen, it waits for advance', async () => {
      const world = await trial.world();
      world.journal.enable();
      const client = await trial.opened(world);
      world.clock.freeze();
      world.faults.add(rule({ kind: 'delay', milliseconds: 5_000 }, { occurrences: { first: 1 } }));
      let answer: Uint8Array | undefined;
      const asked = fault.trigger(client).then((bytes) => {
        answer = bytes;
      });
      await pause(SILENCE_MILLISECONDS);
      expect(answer).toBeUndefined();
      world.clock.advance(4_999);
      await pause(20);
      expect(answer).toBeUndefined();
      world.clock.advance(1);
      await asked;
      expect(answer && fault.isError(answer)).toBe(false);
      expect(firings(world)).toHaveLength(1);
      // The connection goes on as if nothing had been.
      expect(fault.isError(await fault.trigger(client))).toBe(false);
      client.destroy();
    });

    test('a delay in real time, others do not wait', async () => {
      const world = await trial.world();
      const [client, bystander] = [await trial.opened(world), await trial.opened(world)];
      world.faults.add(rule({ kind: 'delay', milliseconds: 200 }, { occurrences: { first: 1 } }));
      const started = performance.now();
      const asked = fault.trigger(client);
      await pause(20);
      await probe.mutate(bystander, 0);
      expect(performance.now() - started).toBeLessThan(180);
      await asked;
      expect(performance.now() - started).toBeGreaterThan(195);
    });

    test('a client that goes away during its delay', async () => {
      const world = await trial.world();
      const client = await trial.opened(world);
      world.clock.freeze();
      world.faults.add(rule({ kind: 'delay', milliseconds: 1_000 }));
      const asked = fault.trigger(client).catch(() => undefined);
      await pause(20);
      client.destroy();
      await asked;
      world.clock.advance(2_000);
      world.faults.clear();
      expect(fault.isError(await ask(world))).toBe(false);
    });

    test('close, and reset', async () => {
      const world = await trial.world();
      world.journal.enable();
      for (const kind of ['close', 'reset'] as const) {
        const { id } = world.faults.add(rule({ kind }));
        const client = await trial.opened(world);
        await expect(fault.trigger(client)).rejects.toThrow();
        const ending = await client.gone(2_000);
        // Unix sockets know no reset.
        if (trial.address(world).transport === 'tcp') expect(ending).toBe(kind === 'reset' ? 'reset' : 'ended');
        client.destroy();
        world.faults.remove(id);
      }
      expect(firings(world).map((event) => event.attributes.action)).toEqual(['close', 'reset']);
      expect(fault.isError(await ask(world))).toBe(false);
    });

    test('swallow: no answer, and the connection stays', async () => {
      const world = await trial.world();
      world.journal.enable();
      world.faults.add(rule({ kind: 'swallow' }, { occurrences: { first: 1 } }));
      const client = await trial.opened(world);
      const swallowed = fault.trigger(client).then(
        () => 'answered',
        () => 'no answer',
      );
      await pause(SILENCE_MILLISECONDS);
      client.abandon();
      expect(await swallowed).toBe('no answer');
      expect(client.ending).toBe('open');
      expect(firings(world)).toHaveLength(1);
      expect(fault.isError(await fault.trigger(client))).toBe(false);
      client.destroy();
    });

    test('corrupted output hurts only the client that gets it', async () => {
      const world = await trial.world();
      world.journal.enable();
      world.faults.add(rule({ kind: 'corrupt' }, { occurrences: { first: 1 } }));
      const bystander = await trial.opened(world);
      const client = await trial.opened(world);
      const asked = fault.trigger(client).catch(() => undefined);
      await pause(SILENCE_MILLISECONDS);
      client.abandon();
      await asked;
      client.destroy();
      expect(firings(world)).toHaveLength(1);
      expect(fault.isError(await fault.trigger(bystander))).toBe(false);
    });

    test('an error that the protocol does not have is refused when the rule is made', () => {
      expect(emulator.checkFaultError?.({ code: fault.error.code })).toBeUndefined();
      if (emulator.checkFaultError !== undefined) expect(emulator.checkFaultError({ code: 'no such code' })).toBeTypeOf('string');
    });
  });
}

function firings(world: World): readonly JournalEvent[] {
  return [...world.journal.events()].filter((event) => event.operation === 'fault');
}
