import type { Clock } from '@wirelike/kernel';

/** How far apart RabbitMQ takes its samples (`collect_statistics_interval`). */
const sample_interval_milliseconds = 5_000;

interface Sight {
  readonly state: string;
  readonly time: number;
}

interface Sample {
  time: number;
  value: number;
  rate: number;
}

/**
 * Rates of counters, per second of the world's clock. Counting costs the broker nothing: a counter is sampled
 * when somebody looks at it, and its rate is that since the last look at least one interval ago.
 */
export class Rates {
  readonly #clock: Clock;
  readonly #samples = new WeakMap<object, Map<string, Sample>>();
  readonly #sights = new WeakMap<object, Sight>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Since when `subject`'s counters have stood still, as far as anybody has looked; since `beginning` if they are all at 0.
   * RabbitMQ's processes say when they went to sleep; nothing here looks at the clock for every message.
   */
  idleSince(subject: object, counters: readonly number[], beginning: number): number {
    const state = counters.join(' ');
    const seen = this.#sights.get(subject) ?? { state: counters.map(() => 0).join(' '), time: beginning };
    const now = this.#clock.now();
    // The world's clock may have been set back.
    const sight = seen.state === state && seen.time <= now ? seen : { state, time: now };
    this.#sights.set(subject, sight);
    return sight.time;
  }

  /** Changes per second of `subject`'s counter `name`, which now stands at `value`. */
  rate(subject: object, name: string, value: number): number {
    const now = this.#clock.now();
    let samples = this.#samples.get(subject);
    if (samples === undefined) {
      samples = new Map();
      this.#samples.set(subject, samples);
    }
    const sample = samples.get(name);
    if (sample === undefined) {
      samples.set(name, { time: now, value, rate: 0 });
      return 0;
    }
    const elapsed = now - sample.time;
    if (elapsed < 0) {
      // The world's clock was set back.
      sample.time = now;
      sample.value = value;
      return 0;
    }
    if (elapsed < sample_interval_milliseconds) {
      // The interval is not over. After a quiet one, what came so far is told as if it were.
      return sample.rate === 0 ? round(((value - sample.value) * 1000) / sample_interval_milliseconds) : sample.rate;
    }
    sample.rate = round(((value - sample.value) * 1000) / elapsed);
    sample.time = now;
    sample.value = value;
    return sample.rate;
  }
}

function round(rate: number): number {
  return Math.round(rate * 10) / 10;
}
