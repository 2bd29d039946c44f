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

  constructor() {
    // performance.now() never jumps back, which Date.now() does when somebody sets the machine's clock.
    this.#origin = Date.now() - performance.now();
  }

  /** Milliseconds since 1970 in this world, with fractions. */
  now(): number {
    return this.#frozenAt ?? this.#origin + performance.now() + this.#offset;
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  /** Calls `fire` once, `milliseconds` from now in this world. Never synchronously. */
  after(milliseconds: number, fire: () => void): Timer {
    const timer = new Timer(this.now() + Math.max(0, milliseconds), this.#sequence++, fire);
    this.#timers.push(timer);
    this.#schedule();
    return timer;
  }

  freeze(): void {
    this.#frozenAt ??= this.now();
    this.#cancelWakeUp();
  }

  /** Real time goes on from the moment that the world has reached. */
  resume(): void {
    if (this.#frozenAt === undefined) return;
    this.#offset = this.#frozenAt - (this.#origin + performance.now());
    this.#frozenAt = undefined;
    this.#schedule();
  }

  /** Moves the clock forward. A timer set by a timer on the way fires too, if it falls within. */
  advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) throw new RangeError(`the clock only moves forward: advance(${milliseconds})`);
    this.#moveTo(this.now() + milliseconds);
  }

  /** Jumps forward (timers fire on the way) or back (nothing fires; timers keep their time). */
  set(time: number): void {
    if (time >= this.now()) this.#moveTo(time);
    else {
      this.#jump(time);
      this.#schedule();
    }
  }

  /** Drops every timer; nothing fires afterwards. */
  close(): void {
    this.#closed = true;
    this.#timers.clear();
    this.#cancelWakeUp();
  }

  #moveTo(target: number): void {
    const wasFrozen = this.frozen;
    this.freeze();
    for (let next = this.#timers.peek(); next && next.time <= target; next = this.#timers.peek()) {
      this.#timers.pop();
      this.#frozenAt = Math.max(this.now(), next.time);
      next.fire();
    }
    this.#frozenAt = target;
    if (!wasFrozen) this.resume();
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
      next.fire();
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

export class Timer {
  readonly time: number;
  readonly sequence: number;
  #fire: (() => void) | undefined;

  constructor(time: number, sequence: number, fire: () => void) {
    this.time = time;
    this.sequence = sequence;
    this.#fire = fire;
  }

  get cancelled(): boolean {
    return this.#fire === undefined;
  }

  cancel(): void {
    this.#fire = undefined;
  }

  fire(): void {
    const fire = this.#fire;
    this.#fire = undefined;
    fire?.();
  }
}

/** Binary heap by (time, sequence): timers set for the same moment fire in the order they were set. */
class TimerHeap {
  #items: Timer[] = [];

  push(timer: Timer): void {
    const items = this.#items;
    let index = items.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent];
      if (above === undefined || !before(timer, above)) break;
      items[index] = above;
      index = parent;
    }
    items[index] = timer;
  }

  /** The earliest timer that was not cancelled. */
  peek(): Timer | undefined {
    while (this.#items[0]?.cancelled) this.pop();
    return this.#items[0];
  }

  pop(): void {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      const left = items[child];
      if (left === undefined) break;
      const right = items[child + 1];
      let smallest = left;
      if (right !== undefined && before(right, left)) {
        smallest = right;
        child += 1;
      }
      if (!before(smallest, last)) break;
      items[index] = smallest;
      index = child;
    }
    items[index] = last;
  }

  clear(): void {
    this.#items = [];
  }
}

function before(one: Timer, other: Timer): boolean {
  return one.time < other.time || (one.time === other.time && one.sequence < other.sequence);
}
