import {
  watch_gain_min_milliseconds,
  watch_gap_counted_max_milliseconds,
  watch_gap_max_milliseconds,
  watch_in_vain_milliseconds,
  watch_max_milliseconds,
  watch_try_every_turns,
} from './limits.ts';

/** How much a new gap counts in a mean of gaps, for the way of waiting that is used and for the one that is only tried now and then. */
const weight = 0.1;
const weight_tried = 0.25;

/**
 * Decides how a process waits for its next input: asleep, or awake and looking again and again. Where waking a sleeping
 * process is dear (virtual machines above all), a client that asks and waits, and asks and waits, spends most of its
 * time on that, so it is worth looking for a moment longer. Both ways are measured as they are used: where
 * looking gains nothing, because waking is cheap or because clients think for longer, the process goes back to sleep.
 */
export class Watch {
  #idleSince: number | undefined;
  #answered = false;
  #soon = false;
  #awake = false;
  #tries = false;
  #turns = 0;
  /** Mean gap between the end of a turn and the next input, in ms, by the way it was waited for. */
  #gapAsleep = 0;
  #gapAwake = 0;

  /** Whether the process looks for input right now. */
  get awake(): boolean {
    return this.#awake && this.#idleSince !== undefined;
  }

  /**
   * All is done at `now` (ms): how to wait? `true` for awake. Only who was `answered` asks again soon: the next
   * client to connect after one has gone takes longer than looking does.
   */
  idle(now: number, answered: boolean): boolean {
    this.#idleSince = now;
    this.#answered = answered;
    this.#turns++;
    const gains = this.#gapAsleep - this.#gapAwake >= watch_gain_min_milliseconds;
    this.#tries = this.#turns % watch_try_every_turns === 0;
    this.#awake = answered && this.#soon && gains !== this.#tries;
    return this.#awake;
  }

  /** Whether it has been looked for long enough. */
  enough(now: number): boolean {
    return this.#idleSince === undefined || now - this.#idleSince >= watch_max_milliseconds;
  }

  /** Input is here at `now`. Returns how long it was waited for, in ms: 0 if nobody had waited. */
  arrived(now: number): number {
    if (this.#idleSince === undefined) return 0;
    const gap = now - this.#idleSince;
    this.#idleSince = undefined;
    this.#soon = gap <= watch_gap_max_milliseconds;
    if (this.#soon && this.#answered) this.#learn(Math.min(gap, watch_gap_counted_max_milliseconds));
    return gap;
  }

  #learn(gap: number): void {
    const share = this.#tries ? weight_tried : weight;
    if (!this.#awake) this.#gapAsleep += share * (gap - this.#gapAsleep);
    else {
      const inVain = gap > watch_max_milliseconds ? watch_in_vain_milliseconds : 0;
      this.#gapAwake += share * (gap + inVain - this.#gapAwake);
    }
  }
}
