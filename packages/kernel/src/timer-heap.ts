/** Below this many a heap is not worth the sweep. */
const sweep_min_timers = 256;

/** What a {@link Clock} will do at a time. */
export class Timer {
  readonly sequence: number;
  #time: number;
  #fire: (() => void) | undefined;
  #heap: TimerHeap | undefined;

  constructor(time: number, sequence: number, fire: () => void, heap: TimerHeap) {
    this.#time = time;
    this.sequence = sequence;
    this.#fire = fire;
    this.#heap = heap;
  }

  get time(): number {
    return this.#time;
  }

  /** For the heap, which shifts all of its timers: else their order would change. */
  shift(milliseconds: number): void {
    this.#time += milliseconds;
  }

  /** It will not fire (any more): cancelled, or fired. */
  get cancelled(): boolean {
    return this.#fire === undefined;
  }

  cancel(): void {
    if (this.#fire === undefined) return;
    this.#fire = undefined;
    const heap = this.#heap;
    this.#heap = undefined;
    heap?.noteCancelled();
  }

  /** For the clock, after it took the timer out of its heap. */
  fire(): void {
    const fire = this.#fire;
    this.#fire = undefined;
    this.#heap = undefined;
    fire?.();
  }
}

/** Binary heap by (time, sequence): timers set for the same moment fire in the order they were set. */
export class TimerHeap {
  #items: Timer[] = [];
  #cancelled = 0;

  /** Including cancelled ones that were not swept out yet. */
  get size(): number {
    return this.#items.length;
  }

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
    while (this.#items[0]?.cancelled) {
      this.pop();
      this.#cancelled -= 1;
    }
    return this.#items[0];
  }

  /** Takes out the earliest. */
  pop(): void {
    const items = this.#items;
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.#sink(0, last);
  }

  /**
   * Most timers are cancelled long before their time (a lease that is renewed, a message that is read before
   * it expires): without a sweep they would pile up until then.
   */
  noteCancelled(): void {
    this.#cancelled += 1;
    if (this.#cancelled < sweep_min_timers || this.#cancelled * 2 < this.#items.length) return;
    this.#items = this.#items.filter((timer) => !timer.cancelled);
    this.#cancelled = 0;
    for (let index = (this.#items.length >> 1) - 1; index >= 0; index--) {
      const timer = this.#items[index];
      if (timer !== undefined) this.#sink(index, timer);
    }
  }

  /** All of them that much later, or earlier: their order stays. */
  shift(milliseconds: number): void {
    for (const timer of this.#items) timer.shift(milliseconds);
  }

  clear(): void {
    this.#items = [];
    this.#cancelled = 0;
  }

  #sink(from: number, timer: Timer): void {
    const items = this.#items;
    let index = from;
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
      if (!before(smallest, timer)) break;
      items[index] = smallest;
      index = child;
    }
    items[index] = timer;
  }
}

function before(one: Timer, other: Timer): boolean {
  return one.time < other.time || (one.time === other.time && one.sequence < other.sequence);
}
