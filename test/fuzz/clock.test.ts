// The clock against a naive one: a sorted list of timers.
import { Clock, type Timer } from '@wirelike/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';

type Step =
  | { readonly step: 'after'; readonly milliseconds: number }
  | { readonly step: 'cancel'; readonly index: number }
  | { readonly step: 'advance'; readonly milliseconds: number }
  /** A timer that sets another when it fires. */
  | { readonly step: 'chain'; readonly milliseconds: number; readonly next: number };

const milliseconds = fc.nat(50);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ step: fc.constant('after' as const), milliseconds }),
  fc.record({ step: fc.constant('cancel' as const), index: fc.nat(100) }),
  fc.record({ step: fc.constant('advance' as const), milliseconds }),
  fc.record({ step: fc.constant('chain' as const), milliseconds, next: milliseconds }),
);

interface NaiveTimer {
  readonly time: number;
  readonly order: number;
  readonly name: number;
  readonly next: number | undefined;
}

class NaiveClock {
  now = 0;
  readonly fired: string[] = [];
  #timers: NaiveTimer[] = [];
  #order = 0;

  set(name: number, wait: number, next?: number): void {
    this.#timers.push({ time: this.now + wait, order: this.#order++, name, next });
  }

  cancel(name: number): void {
    this.#timers = this.#timers.filter((timer) => timer.name !== name);
  }

  advance(by: number): void {
    const target = this.now + by;
    for (;;) {
      const [due] = this.#timers
        .filter(({ time }) => time <= target)
        .sort((one, other) => one.time - other.time || one.order - other.order);
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.now = due.time;
      this.fired.push(`${due.name}@${this.now}`);
      if (due.next !== undefined) this.set(-due.name - 1, due.next);
    }
    this.now = target;
  }
}

test('fires the same timers at the same times in the same order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const clock = new Clock();
      clock.freeze();
      // Whole numbers add up exactly.
      clock.set(2_000_000_000_000);
      const origin = clock.now();
      const naive = new NaiveClock();
      const fired: string[] = [];
      const timers: Timer[] = [];
      const set = (name: number, wait: number, next?: number): Timer =>
        clock.after(wait, () => {
          fired.push(`${name}@${clock.now() - origin}`);
          if (next !== undefined) set(-name - 1, next);
        });
      for (const each of steps) {
        if (each.step === 'advance') {
          clock.advance(each.milliseconds);
          naive.advance(each.milliseconds);
        } else if (each.step === 'cancel') {
          const index = each.index % Math.max(1, timers.length);
          timers[index]?.cancel();
          naive.cancel(index);
        } else {
          const next = each.step === 'chain' ? each.next : undefined;
          naive.set(timers.length, each.milliseconds, next);
          timers.push(set(timers.length, each.milliseconds, next));
        }
      }
      clock.advance(1_000);
      naive.advance(1_000);
      expect(fired).toEqual(naive.fired);
      expect(clock.timers).toBe(0);
    }),
    { numRuns: 300 },
  );
});
