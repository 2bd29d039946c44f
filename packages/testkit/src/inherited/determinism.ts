import { describe, expect, test } from 'vitest';
import type { Trial } from '../trial.ts';

/** 2030-01-01T00:00:00Z: later than any seed's own times. */
const NEW_YEAR = 1_893_456_000_000;

export function testDeterminism(trial: Trial): void {
  describe('determinism', () => {
    test('same seed, same bytes', async () => {
      const replies: Buffer[] = [];
      for (let run = 0; run < 2; run++) {
        const world = await trial.world({ random_seed: 'a seed' });
        world.clock.set(NEW_YEAR);
        world.clock.freeze();
        world.clock.set(NEW_YEAR + 1_000);
        replies.push(await trial.replies(world, async (client) => client.write(trial.session)));
      }
      expect(replies[0]?.toString('latin1')).toBe(replies[1]?.toString('latin1'));
    });

    test('reset brings back the generators too', async () => {
      const world = await trial.world({ random_seed: 'a seed' });
      world.clock.set(NEW_YEAR);
      const first = await trial.replies(world, async (client) => client.write(trial.session));
      world.reset();
      const second = await trial.replies(world, async (client) => client.write(trial.session));
      expect(second.toString('latin1')).toBe(first.toString('latin1'));
    });
  });
}
