import type { Entry } from './entry.ts';

interface DelayedReturn {
  /** Milliseconds since 1970. */
  readonly readyAt: number;
  readonly entry: Entry;
}

/** What came back to a quorum queue and is not to be delivered for a while (rabbit_fifo: `delayed`), in the order of its times. */
export class DelayedReturns {
  #returns: DelayedReturn[];

  constructor(returns: readonly DelayedReturn[] = []) {
    this.#returns = [...returns];
  }

  get length(): number {
    return this.#returns.length;
  }

  /** 0 for never. */
  get nextReady(): number {
    return this.#returns[0]?.readyAt ?? 0;
  }

  /** As {@link nextReady}, of the one that is to wait longest. */
  get lastReady(): number {
    return this.#returns.at(-1)?.readyAt ?? 0;
  }

  push(entry: Entry, readyAt: number): void {
    let at = this.#returns.length;
    while (at > 0 && isBefore(readyAt, entry, this.#returns[at - 1])) at--;
    this.#returns.splice(at, 0, { readyAt, entry });
  }

  /** Those whose time has come, removed. */
  take(now: number): readonly Entry[] {
    const next = this.#returns.findIndex(({ readyAt }) => readyAt > now);
    return this.#returns.splice(0, next < 0 ? this.#returns.length : next).map(({ entry }) => entry);
  }

  clear(): void {
    this.#returns = [];
  }

  snapshot(): readonly DelayedReturn[] {
    return [...this.#returns];
  }
}

function isBefore(readyAt: number, entry: Entry, other: DelayedReturn | undefined): boolean {
  if (other === undefined) return false;
  return readyAt < other.readyAt || (readyAt === other.readyAt && entry.sequence < other.entry.sequence);
}
