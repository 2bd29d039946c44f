import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { output_put_off_max_turns, rest_milliseconds } from './limits.ts';
import { awaited, chunkArrived, flushLater, lullsSoFar, paceTurns, streamed } from './turn.ts';

/** How long the end of a turn takes in which a client streamed. */
async function streamingTurn(): Promise<number> {
  streamed();
  const start = performance.now();
  await turn();
  return performance.now() - start;
}

/** The machine may be busy: the quickest of several. */
async function quickest(run: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 20; round++) times.push(await run());
  return Math.min(...times);
}

describe('the end of a turn', () => {
  it('flushes every connection that was written to, after everything that was written in the turn', async () => {
    const flushed: string[] = [];
    flushLater({ flush: () => flushed.push('one') });
    flushLater({ flush: () => flushed.push('two') });
    expect(flushed).toEqual([]);
    await turn();
    expect(flushed).toEqual(['one', 'two']);
  });

  it('flushes in the next turn what is written while it flushes', async () => {
    const flushed: string[] = [];
    flushLater({ flush: () => flushLater({ flush: () => flushed.push('later') }) });
    await turn();
    expect(flushed).toEqual([]);
    await turn();
    expect(flushed).toEqual(['later']);
  });

  it('waits a few turns for more while input goes on arriving', async () => {
    let flushed = false;
    let turns = 0;
    chunkArrived();
    flushLater({ flush: () => (flushed = true) });
    for (; !flushed; turns++) {
      chunkArrived();
      await turn();
    }
    expect(turns).toBe(1 + output_put_off_max_turns);
  });

  it('does not rest unless the process may', async () => {
    await streamingTurn();
    expect(await quickest(streamingTurn)).toBeLessThan(rest_milliseconds);
  });

  it('rests from the second of two bursts on, after the flush, and not after a pause', async () => {
    paceTurns();
    const alone = async (): Promise<number> => {
      await sleep(3);
      return await streamingTurn();
    };
    expect(await quickest(alone)).toBeLessThan(rest_milliseconds);
    // On a busy machine the second burst may come too late to follow the first one closely.
    let whole = 0;
    let flushedAfter = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 20 && whole < rest_milliseconds; round++) {
      await streamingTurn();
      const start = performance.now();
      flushLater({ flush: () => (flushedAfter = performance.now() - start) });
      whole = await streamingTurn();
    }
    expect(whole).toBeGreaterThanOrEqual(rest_milliseconds);
    expect(flushedAfter).toBeLessThan(whole);
  });

  it('does not rest beside a client that waits for its answer', async () => {
    paceTurns();
    const beside = async (): Promise<number> => {
      awaited();
      return await streamingTurn();
    };
    await streamingTurn();
    expect(await quickest(beside)).toBeLessThan(rest_milliseconds);
  });

  it('does not rest after a turn in which nobody streamed', async () => {
    paceTurns();
    const plain = async (): Promise<number> => {
      await streamingTurn();
      const start = performance.now();
      flushLater({ flush: () => {} });
      await turn();
      return performance.now() - start;
    };
    expect(await quickest(plain)).toBeLessThan(rest_milliseconds);
  });

  it('counts a lull for input that was waited for, and none for input that follows at once', async () => {
    paceTurns();
    chunkArrived();
    await turn();
    await sleep(2);
    const before = lullsSoFar();
    chunkArrived();
    expect(lullsSoFar()).toBe(before + 1);
    chunkArrived();
    expect(lullsSoFar()).toBe(before + 1);
  });
});
