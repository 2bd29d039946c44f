import { describe, expect, it } from 'vitest';
import { watch_gap_max_milliseconds, watch_max_milliseconds, watch_try_every_turns } from './limits.ts';
import { Watch } from './watch.ts';

/** A client that asks again so many ms after each answer, which depends on how it was waited for. */
class Conversation {
  readonly watch = new Watch();
  now = 0;

  /** How many of these turns were waited for awake. */
  turns(count: number, asleep: number, awake: number): number {
    let watched = 0;
    for (let turn = 0; turn < count; turn++) {
      const looks = this.watch.idle(this.now, true);
      if (looks) watched++;
      this.now += looks ? awake : asleep;
      this.watch.arrived(this.now);
    }
    return watched;
  }
}

describe('waiting for the next input', () => {
  it('looks where that finds it much sooner than waking does', () => {
    const client = new Conversation();
    client.turns(100, 0.18, 0.1);
    expect(client.turns(320, 0.18, 0.1)).toBe(320 - 320 / watch_try_every_turns);
  });

  it('sleeps where waking is cheap, and tries again now and then', () => {
    const client = new Conversation();
    client.turns(100, 0.025, 0.02);
    expect(client.turns(320, 0.025, 0.02)).toBe(320 / watch_try_every_turns);
  });

  it('sleeps where clients take longer than it would look', () => {
    const client = new Conversation();
    const pause = watch_max_milliseconds * 2;
    // Who has looked in vain is asleep by then, and has to be woken as well.
    const gap = pause + 0.08;
    client.turns(100, gap, gap);
    expect(client.turns(320, gap, gap)).toBe(320 / watch_try_every_turns);
  });

  it('goes on looking after one late client', () => {
    const client = new Conversation();
    client.turns(100, 0.12, 0.05);
    client.turns(1, watch_gap_max_milliseconds, watch_gap_max_milliseconds);
    expect(client.turns(32, 0.12, 0.05)).toBeGreaterThan(29);
  });

  it('does not look when nobody was answered, nor learns from it', () => {
    const client = new Conversation();
    client.turns(100, 0.12, 0.05);
    for (let turn = 0; turn < 100; turn++) {
      expect(client.watch.idle(client.now, false)).toBe(false);
      client.now += 0.01;
      client.watch.arrived(client.now);
    }
    expect(client.turns(32, 0.12, 0.05)).toBeGreaterThan(29);
  });

  it('never looks after a long pause', () => {
    const client = new Conversation();
    client.turns(100, 0.18, 0.1);
    client.turns(1, watch_gap_max_milliseconds * 2, watch_gap_max_milliseconds * 2);
    expect(client.watch.idle(client.now, true)).toBe(false);
  });

  it('finds out when the machine changes', () => {
    const client = new Conversation();
    client.turns(500, 0.025, 0.02);
    client.turns(500, 0.5, 0.1);
    expect(client.turns(320, 0.5, 0.1)).toBe(320 - 320 / watch_try_every_turns);
    client.turns(1_000, 0.025, 0.02);
    expect(client.turns(320, 0.025, 0.02)).toBe(320 / watch_try_every_turns);
  });

  it('has looked enough after a while, or once input is here', () => {
    const client = new Conversation();
    client.turns(100, 0.18, 0.1);
    expect(client.watch.idle(client.now, true)).toBe(true);
    expect(client.watch.awake).toBe(true);
    expect(client.watch.enough(client.now)).toBe(false);
    expect(client.watch.enough(client.now + watch_max_milliseconds * 2)).toBe(true);
    client.watch.arrived(client.now + 0.05);
    expect(client.watch.awake).toBe(false);
  });

  it('says how long was waited, and nothing for more input in the same turn', () => {
    const watch = new Watch();
    expect(watch.arrived(1)).toBe(0);
    watch.idle(2, true);
    expect(watch.arrived(2.5)).toBe(0.5);
    expect(watch.arrived(3)).toBe(0);
  });
});
