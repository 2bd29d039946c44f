import { Random } from '@wirelike/kernel';
import { expect, test } from 'vitest';
import { liveBytes } from '../memory.ts';
import { eventually, pause, type Trial } from '../trial.ts';

const MEBIBYTE = 1_048_576;
/** What the flood may be at most; a server that takes all of it without being read has no limit. */
const FLOOD_BYTES = 64 * MEBIBYTE;
const BURST_BYTES = 65_536;
/** The server's unread output, what it read ahead, and the sockets' own buffers. */
const GROWTH_MAX_BYTES = 48 * MEBIBYTE;

export function testSlowReader(trial: Trial): void {
  const { probe } = trial;

  test('a client that asks and asks but does not read: the server stops listening to it, or hangs up', { timeout: 60_000 }, async () => {
    const world = await trial.world();
    const honest = await trial.opened(world);
    const client = await trial.opened(world);
    const before = liveBytes();
    client.pause();

    const burst = Buffer.concat(Array.from({ length: Math.max(1, Math.ceil(BURST_BYTES / probe.flood.length)) }, () => probe.flood));
    let taken = 0;
    for (let still = 0; still < 10 && client.ending === 'open'; ) {
      if (taken > FLOOD_BYTES) throw new Error(`the server took ${taken} bytes of requests from a client that reads no answers`);
      if (client.backlog_bytes > 0) {
        still += 1;
        await pause(20);
        continue;
      }
      still = 0;
      taken += burst.length;
      await client.writeAlone(burst);
    }
    expect(liveBytes() - before).toBeLessThan(GROWTH_MAX_BYTES);
    await probe.mutate(honest, 0);
    expect((await probe.observe(honest)).length).toBeGreaterThan(0);

    // Read at last: the rest flows, and the connection is as good as before (unless the server has hung up).
    const heard = client.bytes_received;
    client.resume();
    await eventually('the answers flow again', () => client.bytes_received > heard || client.ending !== 'open');
    client.destroy();
    await eventually('it is gone', () => trial.connections(world) === 1);
  });

  test('a client that sends a byte at a time and leaves in between', async () => {
    const world = await trial.world();
    const random = new Random('dribble');
    for (let round = 0; round < 20; round++) {
      const client = await trial.connect(world);
      const length = 1 + random.integer(Math.min(40, trial.session.length));
      for (const byte of trial.session.subarray(0, length)) await client.writeAlone(Uint8Array.of(byte));
      client.destroy();
    }
    await eventually('no connection', () => trial.connections(world) === 0);
    await trial.mutated(world, 0);
  });
}
