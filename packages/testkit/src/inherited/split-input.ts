import { describe, expect, test } from 'vitest';
import type { Trial } from '../trial.ts';

export function testSplitInput(trial: Trial): void {
  describe('input in pieces', () => {
    test('the answers do not depend on how the bytes arrive', { timeout: 60_000 }, async () => {
      const world = await trial.world();
      const { session } = trial;
      const again = async (...pieces: Uint8Array[]): Promise<string> => {
        world.reset();
        const replies = await trial.replies(world, async (client) => {
          for (const piece of pieces) await client.writeAlone(piece);
        });
        return replies.toString('latin1');
      };
      const whole = await again(session);
      expect(whole.length).toBeGreaterThan(0);
      expect(await again(...trial.probe.session.messages), 'message by message').toBe(whole);
      expect(await again(...Array.from(session, (_, at) => session.subarray(at, at + 1))), 'byte by byte').toBe(whole);
      for (let at = 1; at < session.length; at++) {
        expect(await again(session.subarray(0, at), session.subarray(at)), `split at byte ${at}`).toBe(whole);
      }
    });
  });
}
