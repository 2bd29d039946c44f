import { describe, expect, test, vi } from 'vitest';
import { Clock } from './clock.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function frozen(): { clock: Clock; fired: string[]; at: (milliseconds: number, name: string) => void } {
  const clock = new Clock();
  clock.freeze();
  const fired: string[] = [];
  const start = clock.now();
  const at = (milliseconds: number, name: string): void => {
    clock.after(milliseconds, () => fired.push(`${name}@${Math.round(clock.now() - start)}`));
  };
  return { clock, fired, at };
}

describe('a running clock', () => {
  test('follows real time', async () => {
    const clock = new Clock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
    const before = clock.now();
    await pause(20);
    expect(clock.now() - before).toBeGreaterThan(15);
    clock.close();
  });

  test('fires timers in order, never before their time and never at once', async () => {
    const clock = new Clock();
    const fired: number[] = [];
    const started = clock.now();
    for (const milliseconds of [30, 10, 20, 0]) clock.after(milliseconds, () => fired.push(milliseconds));
    expect(fired).toEqual([]);
    await vi.waitFor(() => expect(fired).toEqual([0, 10, 20, 30]));
    expect(clock.now() - started).toBeGreaterThanOrEqual(30);
    clock.close();
  });

  test('a timer further away than Node can wait does not fire at once', async () => {
    const clock = new Clock();
    let fired = 0;
    clock.after(100 * 365 * 86_400_000, () => fired++);
    await pause(20);
    expect(fired).toBe(0);
    clock.advance(101 * 365 * 86_400_000);
    expect(fired).toBe(1);
    clock.close();
  });

  test('advance moves it and it runs on from there; set back, timers keep their time', async () => {
    const clock = new Clock();
    const before = clock.now();
    clock.advance(3_600_000);
    expect(clock.frozen).toBe(false);
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
    let fired = false;
    clock.after(10, () => {
      fired = true;
    });
    clock.set(before);
    await pause(30);
    expect(fired).toBe(false);
    clock.set(before + 3_700_000);
    expect(fired).toBe(true);
    clock.close();
  });

  test('closed, nothing fires', async () => {
    const clock = new Clock();
    let fired = 0;
    clock.after(1, () => fired++);
    clock.close();
    clock.after(1, () => fired++);
    await pause(20);
    clock.advance(1_000);
    expect(fired).toBe(0);
    expect(clock.timers).toBe(0);
  });
});

describe('a frozen clock', () => {
  test('stands still until it is advanced, and fires what lies on the way at its own time', async () => {
    const { clock, fired, at } = frozen();
    at(300, 'c');
    at(100, 'a');
    at(100, 'b');
    at(301, 'd');
    const now = clock.now();
    await pause(15);
    expect(clock.now()).toBe(now);
    clock.advance(300);
    expect(fired).toEqual(['a@100', 'b@100', 'c@300']);
    expect(clock.now()).toBe(now + 300);
    expect(clock.frozen).toBe(true);
  });

  test('a timer that sets a timer', () => {
    const { clock, fired } = frozen();
    const tick = (): void => {
      fired.push(String(fired.length));
      clock.after(10, tick);
    };
    clock.after(10, tick);
    clock.advance(100);
    expect(fired).toHaveLength(10);
  });

  test('resume goes on from the time it was frozen at', async () => {
    const { clock, fired, at } = frozen();
    at(10, 'a');
    await pause(30);
    const now = clock.now();
    clock.resume();
    expect(clock.now() - now).toBeLessThan(5);
    await vi.waitFor(() => expect(fired).toHaveLength(1));
    clock.close();
  });

  test('cancelled timers do not fire, also when cancelled on the way', () => {
    const { clock, fired, at } = frozen();
    const late = clock.after(20, () => fired.push('late'));
    clock.after(10, () => late.cancel());
    at(30, 'end');
    clock.advance(50);
    expect(fired).toEqual(['end@30']);
    expect(late.cancelled).toBe(true);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %s', (milliseconds) => {
    const { clock } = frozen();
    expect(() => clock.advance(milliseconds)).toThrow(RangeError);
    expect(() => clock.set(Number.NaN)).toThrow(RangeError);
  });
});

describe('the end of time', () => {
  test('is where a Date ends: the clock stays where it was', () => {
    const { clock } = frozen();
    const before = clock.now();
    expect(() => clock.advance(1e300)).toThrow('the clock goes to +275760-09-13T00:00:00.000Z, not to');
    expect(() => clock.set(-8.65e15)).toThrow(RangeError);
    expect(clock.now()).toBe(before);
    clock.set(8.64e15);
    expect(new Date(clock.now()).toISOString()).toBe('+275760-09-13T00:00:00.000Z');
  });
});

describe('reset', () => {
  test.each([
    ['advanced', (clock: Clock) => clock.advance(86_400_000)],
    ['set back', (clock: Clock) => clock.set(1_000)],
    ['frozen', (clock: Clock) => clock.freeze()],
    [
      'frozen and advanced',
      (clock: Clock) => {
        clock.freeze();
        clock.advance(86_400_000);
      },
    ],
  ])('%s: on real time again, timers keep the wait that was left', async (_, disturb) => {
    const clock = new Clock();
    disturb(clock);
    const fired: string[] = [];
    clock.after(30, () => fired.push('soon'));
    clock.after(3_600_000, () => fired.push('late'));
    const started = performance.now();
    clock.reset();
    expect(clock.frozen).toBe(false);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
    await vi.waitFor(() => expect(fired).toEqual(['soon']));
    expect(performance.now() - started).toBeGreaterThan(28);
    clock.close();
  });

  test('by a timer on the way: the move ends there', () => {
    const clock = new Clock();
    const fired: string[] = [];
    clock.after(10_000, () => clock.reset());
    clock.after(20_000, () => fired.push('later'));
    clock.advance(60_000);
    expect(fired).toEqual([]);
    expect(clock.frozen).toBe(false);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
    clock.advance(10_001);
    expect(fired).toEqual(['later']);
    clock.close();
  });
});

describe('timers that touch the clock', () => {
  test('advance within advance: time never goes back', () => {
    const { clock, fired, at } = frozen();
    const start = clock.now();
    clock.after(10, () => clock.advance(100));
    at(50, 'a');
    at(200, 'b');
    clock.advance(20);
    expect(fired).toEqual(['a@50']);
    expect(clock.now()).toBe(start + 110);
    clock.advance(90);
    expect(fired).toEqual(['a@50', 'b@200']);
  });

  test('freeze and resume within advance hold afterwards', () => {
    const clock = new Clock();
    clock.after(10, () => clock.freeze());
    clock.advance(20);
    expect(clock.frozen).toBe(true);
    clock.after(10, () => clock.resume());
    clock.advance(20);
    expect(clock.frozen).toBe(false);
    clock.close();
  });

  test('one that throws keeps no other from firing', async () => {
    const errors: unknown[] = [];
    const clock = new Clock((error) => errors.push(error));
    let fired = 0;
    clock.after(1, () => {
      throw new Error('mine');
    });
    clock.after(2, () => fired++);
    await vi.waitFor(() => expect(fired).toBe(1));
    clock.after(1, () => {
      throw new Error('mine too');
    });
    clock.after(2, () => fired++);
    clock.advance(10);
    expect(fired).toBe(2);
    expect(clock.frozen).toBe(false);
    expect(errors).toHaveLength(2);
    clock.close();
  });
});

test('cancelled timers do not pile up', () => {
  const { clock, fired, at } = frozen();
  at(500, 'kept');
  for (let count = 0; count < 100_000; count++) clock.after(1_000_000 + (count % 977), () => fired.push('no')).cancel();
  expect(clock.timers).toBeLessThan(1_000);
  const timers = Array.from({ length: 2_000 }, (_, index) =>
    clock.after(1_000 + ((index * 7_919) % 2_000), () => fired.push(String(index))),
  );
  for (const [index, timer] of timers.entries()) if (index % 10 !== 0) timer.cancel();
  clock.advance(10_000);
  expect(fired[0]).toBe('kept@500');
  const expected = Array.from({ length: 200 }, (_, index) => index * 10).sort(
    (one, other) => ((one * 7_919) % 2_000) - ((other * 7_919) % 2_000),
  );
  expect(fired.slice(1)).toEqual(expected.map(String));
  expect(clock.timers).toBe(0);
});
