import { Timer, TimerHeap } from './timer-heap.ts';

export type { Timer } from './timer-heap.ts';

/** The last millisecond that a `Date` can tell (ECMA-262 §21.4.1.1). */
const END_OF_TIME = 8.64e15;

/**
 * A world's clock. It follows real time until someone freezes it; {@link advance} moves it and
 * fires every timer on the way, in order, at the time it was set for.
 *
 * Deadlines of live sockets (heartbeats, handshake timeouts) do not use it: they use
 * `connection.after`, so that a frozen world does not hang up on its clients.
 */
export class Clock {
  readonly #origin: number;
  #offset = 0;
  #frozenAt: number | undefined;
  readonly #timers: TimerHeap = new TimerHeap();
  #wakeUp: NodeJS.Timeout | undefined;
  #wakeUpAt = Number.POSITIVE_INFINITY;
  #sequence = 0;
  #closed = false;
  /** How many calls of advance and set are on the stack: a timer may call them too. */
  #moving = 0;
  /** What a timer that fires on the way made of freeze and resume. */
  #frozenAfterMove = false;
  /** Counts the calls of reset: a move that one of them overtook goes no further. */
  #resets = 0;
  readonly #onError: (error: unknown) => void;

  /** A timer that throws does not keep the others from firing: its error goes to `onError`, by default out of the process's top. */
  constructor(onError: (error: unknown) => void = throwLater) {
    this.#onError = onError;
    // performance.now() never jumps back, which Date.now() does when somebody sets the machine's clock.
    this.#origin = Date.now() - performance.now();
  }

  /** Milliseconds since 1970 in this world, with fractions. */
  now(): number {
    return this.#frozenAt ?? this.#origin + performance.now() + this.#offset;
  }

  get frozen(): boolean {
    return this.#moving > 0 ? this.#frozenAfterMove : this.#frozenAt !== undefined;
  }

  /** Timers that wait; a few of them may be cancelled ones. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Calls `fire` once, `milliseconds` from now in this world. Never synchronously. */
  after(milliseconds: number, fire: () => void): Timer {
    return this.at(this.now() + Math.max(0, milliseconds), fire);
  }

  /** Calls `fire` once, at that time of this world or as soon as it is past. Never synchronously. */
  at(time: number, fire: () => void): Timer {
    const timer = new Timer(time, this.#sequence++, fire, this.#timers);
    if (!this.#closed) this.#timers.push(timer);
    this.#schedule();
    return timer;
  }

  /** Something that was put off otherwise went wrong: told where errors of timers are. */
  report(error: unknown): void {
    this.#onError(error);
  }

  freeze(): void {
    if (this.#moving > 0) this.#frozenAfterMove = true;
    this.#frozenAt ??= this.now();
    this.#cancelWakeUp();
  }

  /** Real time goes on from the moment that the world has reached. */
  resume(): void {
    if (this.#moving > 0) this.#frozenAfterMove = false;
    else if (this.#frozenAt !== undefined) {
      this.#offset = this.#frozenAt - (this.#origin + performance.now());
      this.#frozenAt = undefined;
      this.#schedule();
    }
  }

  /** Moves the clock forward. A timer set by a timer on the way fires too, if it falls within. */
  advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) throw new RangeError(`the clock only moves forward: advance(${milliseconds})`);
    this.#moveTo(checked(this.now() + milliseconds));
  }

  /** Jumps forward (timers fire on the way) or back (nothing fires; timers keep their time). */
  set(time: number): void {
    if (checked(time) >= this.now()) this.#moveTo(time);
    else {
      this.#jump(time);
      this.#schedule();
    }
  }

  /** Real time again, running, whatever was done before. Nothing fires; timers keep the wait that is left to them. */
  reset(): void {
    const before = this.now();
    this.#resets += 1;
    this.#offset = 0;
    this.#frozenAt = undefined;
    this.#frozenAfterMove = false;
    this.#cancelWakeUp();
    this.#timers.shift(this.now() - before);
    this.#schedule();
  }

  /** Drops every timer; nothing fires afterwards. */
  close(): void {
    this.#closed = true;
    this.#timers.clear();
    this.#cancelWakeUp();
  }

  #moveTo(target: number): void {
    if (this.#moving === 0) this.#frozenAfterMove = this.frozen;
    this.#frozenAt ??= this.now();
    this.#cancelWakeUp();
    this.#moving += 1;
    const resets = this.#resets;
    for (let next = this.#timers.peek(); next && next.time <= target && resets === this.#resets; next = this.#timers.peek()) {
      this.#timers.pop();
      this.#frozenAt = Math.max(this.now(), next.time);
      this.#fire(next);
    }
    // A timer that moved the clock itself may have gone further.
    if (resets === this.#resets) this.#frozenAt = Math.max(this.now(), target);
    this.#moving -= 1;
    if (this.#moving === 0 && !this.#frozenAfterMove) this.resume();
  }

  #fire(timer: Timer): void {
    try {
      timer.fire();
    } catch (error) {
      this.#onError(error);
    }
  }

  #jump(time: number): void {
    if (this.#frozenAt !== undefined) this.#frozenAt = time;
    else this.#offset += time - this.now();
  }

  #schedule(): void {
    const next = this.#timers.peek();
    if (this.frozen || this.#closed || next === undefined || next.time >= this.#wakeUpAt) return;
    this.#cancelWakeUp();
    this.#wakeUpAt = next.time;
    // Node's timers overflow beyond 2^31-1 ms and then fire at once.
    const wait = Math.min(Math.max(1, Math.ceil(next.time - this.now())), 0x7fff_ffff);
    this.#wakeUp = setTimeout(() => this.#fireDue(), wait);
    this.#wakeUp.unref();
  }

  #fireDue(): void {
    this.#cancelWakeUp();
    const now = this.now();
    for (let next = this.#timers.peek(); next && next.time <= now; next = this.#timers.peek()) {
      this.#timers.pop();
      this.#fire(next);
      if (this.frozen) return;
    }
    this.#schedule();
  }

  #cancelWakeUp(): void {
    clearTimeout(this.#wakeUp);
    this.#wakeUp = undefined;
    this.#wakeUpAt = Number.POSITIVE_INFINITY;
  }
}

function checked(time: number): number {
  if (!(Math.abs(time) <= END_OF_TIME)) throw new RangeError(`the clock goes to ${new Date(END_OF_TIME).toISOString()}, not to ${time}`);
  return time;
}

function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
