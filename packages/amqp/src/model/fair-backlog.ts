import { type Backlog, type BacklogSnapshot, EntryDeque } from './backlog.ts';
import type { Entry } from './entry.ts';

/** Priorities above it are high (RabbitMQ 4.0: rabbit_fifo:priority_tag/1). */
const NORMAL_PRIORITY_MAX = 4;

/** After so many high messages in a row one of the others gets its turn (rabbit_fifo_q, WEIGHT). */
const HIGH_IN_A_ROW = 2;

/** What is ready in a quorum queue of RabbitMQ 4.0 to 4.2 (rabbit_fifo_q): high priorities before normal ones, two to one. */
export class FairBacklog implements Backlog {
  readonly #high: EntryDeque;
  readonly #normal: EntryDeque;
  #turn = 0;

  constructor(state?: FairSnapshot) {
    this.#high = EntryDeque.of(state?.high);
    this.#normal = EntryDeque.of(state?.normal);
    this.#turn = state?.turn ?? 0;
  }

  static of(snapshot: BacklogSnapshot | undefined): FairBacklog {
    if (snapshot instanceof FairSnapshot) return new FairBacklog(snapshot);
    const backlog = new FairBacklog();
    for (const entry of snapshot?.entries() ?? []) backlog.push(entry);
    return backlog;
  }

  get length(): number {
    return this.#high.length + this.#normal.length;
  }

  get highLength(): number {
    return this.#high.length;
  }

  peek(): Entry | undefined {
    return this.#next().peek();
  }

  shift(): Entry | undefined {
    const entry = this.#next().shift();
    if (entry !== undefined) this.#turn = this.#turn === HIGH_IN_A_ROW ? 0 : this.#turn + 1;
    return entry;
  }

  push(entry: Entry): void {
    const { header } = entry.message;
    const high = !header.plain && (header.priority ?? 0) > NORMAL_PRIORITY_MAX;
    (high ? this.#high : this.#normal).push(entry);
  }

  /** What comes back at the back has lost its priority (rabbit_fifo:apply/3, `requeue`). */
  restore(entries: readonly Entry[]): void {
    for (const entry of entries) this.#normal.push(entry);
  }

  clear(): void {
    this.#high.clear();
    this.#normal.clear();
    this.#turn = 0;
  }

  /** Only the next message is looked at (rabbit_fifo:expire_msgs/4). */
  expire(now: number): readonly Entry[] {
    const expired: Entry[] = [];
    for (let front = this.peek(); front !== undefined && front.expiresAt !== 0 && front.expiresAt <= now; front = this.peek()) {
      expired.push(front);
      this.shift();
    }
    return expired;
  }

  nextExpiry(): number {
    return this.peek()?.expiresAt ?? 0;
  }

  snapshot(): BacklogSnapshot {
    return new FairSnapshot(this.#high.snapshot(), this.#normal.snapshot(), this.#turn);
  }

  *entries(): IterableIterator<Entry> {
    yield* this.#high.entries();
    yield* this.#normal.entries();
  }

  #next(): EntryDeque {
    if (this.#high.length === 0) return this.#normal;
    const high = this.#high.peek();
    const normal = this.#normal.peek();
    // A high message that came first anyway keeps its place even when it is the others' turn.
    const turnOfOthers = this.#turn === HIGH_IN_A_ROW && high !== undefined && normal !== undefined && normal.sequence < high.sequence;
    return turnOfOthers ? this.#normal : this.#high;
  }
}

class FairSnapshot implements BacklogSnapshot {
  readonly high: BacklogSnapshot;
  readonly normal: BacklogSnapshot;
  readonly turn: number;

  constructor(high: BacklogSnapshot, normal: BacklogSnapshot, turn: number) {
    this.high = high;
    this.normal = normal;
    this.turn = turn;
  }

  get length(): number {
    return this.high.length + this.normal.length;
  }

  *entries(): IterableIterator<Entry> {
    yield* this.high.entries();
    yield* this.normal.entries();
  }
}
