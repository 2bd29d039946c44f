import { Random, type World } from '@wirelike/kernel';
import { describe, expect, test } from 'vitest';
import { garbage } from '../garbage.ts';
import { liveBytes } from '../memory.ts';
import { ProcessWatch } from '../process-watch.ts';
import { eventually, pause, type Trial } from '../trial.ts';

const MEBIBYTE = 1_048_576;
const RANDOM_FRAMES = 100_000;
const MUTATIONS = 400;
/** Hostile connections that are open at a time. */
const PARALLEL = 16;
/** What a million bytes of garbage, or the traces of an attack, may leave in memory. */
const GROWTH_MAX_BYTES = 48 * MEBIBYTE;

export function testHostileInput(trial: Trial): void {
  const { probe } = trial;

  /** Runs `attack` and then checks that the process lives, nothing stays behind, and an honest client did not notice. */
  const survive = async (attack: (world: World) => Promise<void>): Promise<void> => {
    const world = await trial.world();
    const watch = new ProcessWatch();
    try {
      const honest = await trial.opened(world);
      await probe.observe(honest);
      const before = liveBytes();
      await attack(world);
      await eventually('the attackers are gone', () => trial.connections(world) === 1, 5_000);
      world.reset();
      // Not the honest one: a reset may have taken its things away.
      expect(honest.ending).toBe('open');
      await trial.mutated(world, 0);
      honest.destroy();
      await eventually('no connection', () => trial.connections(world) === 0);
      await pause(20);
      expect(watch.failures).toEqual([]);
      expect(world.failures).toEqual([]);
      expect(liveBytes() - before).toBeLessThan(GROWTH_MAX_BYTES);
    } finally {
      watch.stop();
    }
  };

  /** Sends `bytes` and our end, and expects the server's end. */
  const sendAndEnd = async (world: World, bytes: Uint8Array, what: string): Promise<void> => {
    const client = await trial.connect(world);
    client.write(bytes);
    client.end();
    await client.gone(3_000).catch((error: unknown) => Promise.reject(new Error(`${what}: ${String(error)}`)));
    client.destroy();
  };

  describe('hostile input', () => {
    test('a session cut short at any byte', { timeout: 60_000 }, async () => {
      const { session } = trial;
      await survive(async (world) => {
        await inParallel(session.length, (at) => sendAndEnd(world, session.subarray(0, at), `cut at byte ${at}`));
      });
    });

    test('a session with bytes changed, dropped, doubled', { timeout: 60_000 }, async () => {
      const random = new Random('mutations');
      await survive(async (world) => {
        await inParallel(MUTATIONS, (round) => sendAndEnd(world, mutated(trial.session, random), `mutation ${round}`));
      });
    });

    test('another protocol, garbage, lengths of 4 GiB: an error or a close', async () => {
      await survive(async (world) => {
        for (const [what, bytes] of garbage(probe.oversized)) {
          for (const client of [await trial.connect(world), await trial.opened(world)]) {
            const heard = client.bytes_received;
            client.write(bytes);
            await eventually(`${what}: an error or a close`, () => client.bytes_received > heard || client.ending !== 'open');
            client.destroy();
          }
        }
      });
    });

    test(`${RANDOM_FRAMES} random frames`, { timeout: 180_000 }, async () => {
      const random = new Random('random frames');
      await survive(async (world) => {
        let sent = 0;
        await inParallel(4, async () => {
          while (sent < RANDOM_FRAMES) {
            const client = await trial.opened(world);
            // Until the server hangs up, but no client for ever: what it created stays with it.
            for (let batch = 0; batch < 20 && client.ending === 'open' && sent < RANDOM_FRAMES; batch++) {
              const frames = Array.from({ length: 1 + random.integer(100) }, () => probe.frame(random));
              sent += frames.length;
              await client.writeAlone(Buffer.concat(frames));
            }
            client.destroy();
          }
        });
      });
    });
  });
}

/** A few random edits, so that most of the session still makes sense. */
function mutated(session: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(session);
  for (let edits = 1 + random.integer(4); edits > 0 && bytes.length > 1; edits--) {
    const at = random.integer(bytes.length);
    const length = 1 + random.integer(Math.min(8, bytes.length - at));
    const [head, piece, tail] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
    const kind = random.integer(4);
    if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
    else if (kind === 1) bytes = Buffer.concat([head, random.bytes(length), tail]);
    else if (kind === 2) bytes = Buffer.concat([head, tail]);
    else bytes = Buffer.concat([head, piece, piece, tail]);
  }
  return bytes;
}

/** Calls `run` with 0 … `count` - 1, a few at a time. */
async function inParallel(count: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, count) }, worker));
}
