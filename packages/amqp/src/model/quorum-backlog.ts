import { type Backlog, type BacklogSnapshot, EntryDeque } from './backlog.ts';
import type { Entry } from './entry.ts';

/** Priorities above it are high (RabbitMQ 4: rabbit_fifo:priority_tag/1). */
const NORMAL_PRIORITY_MAX = 4;

/** After so many high messages in a row one of the others gets its turn (rabbit_fifo_q, WEIGHT). */
const HIGH_IN_A_ROW = 2;

/**
 * The ready messages of a quorum queue (rabbit_fifo): what consumers returned comes first, in the order it
 * was returned; then the rest, and from 4.0 on high priorities before normal ones, two to one.
 */
export class QuorumBacklog implements Backlog {
  readonly #priorities: boolean;
  readonly #returned: EntryDeque;
  readonly #high: EntryDeque;
  readonly #normal: EntryDeque;
  #turn = 0;

  constructor(priorities: boolean, state?: QuorumBacklogSnapshot) {
    this.#priorities = priorities;
    this.#returned = EntryDeque.of(state?.returned);
    this.#high = EntryDeque.of(state?.high);
    this.#normal = EntryDeque.of(state?.normal);
    this.#turn = state?.turn ?? 0;
  }

  static of(priorities: boolean, snapshot: BacklogSnapshot | undefined): QuorumBacklog {
    if (snapshot instanceof QuorumBacklogSnapshot) return new QuorumBacklog(priorities, snapshot);
    const backlog = new QuorumBacklog(priorities);
    for (const entry of snapshot?.entries() ?? []) backlog.push(entry);
    return backlog;
  }

  get length(): number {
    return this.#returned.length + this.#high.length + this.#normal.length;
  }

  peek(): Entry | undefined {
    return this.#next().peek();
  }

  shift(): Entry | undefined {
    const from = this.#next();
    if (from !== this.#returned) this.#turn = this.#turn === HIGH_IN_A_ROW ? 0 : this.#turn + 1;
    return from.shift();
  }

  push(entry: Entry): void {
    const { header } = entry.message;
    const high = this.#priorities && !header.plain && (header.priority ?? 0) > NORMAL_PRIORITY_MAX;
    (high ? this.#high : this.#normal).push(entry);
  }

  restore(entries: readonly Entry[]): void {
    for (const entry of entries) this.#returned.push(entry);
  }

  clear(): void {
    for (const deque of this.#all()) deque.clear();
  }

  expire(now: number): readonly Entry[] {
    return this.#all().flatMap((deque) => deque.expire(now));
  }

  nextExpiry(): number {
    const times = this.#all()
      .map((deque) => deque.nextExpiry())
      .filter((time) => time !== 0);
    return times.length === 0 ? 0 : Math.min(...times);
  }

  snapshot(): BacklogSnapshot {
    return new QuorumBacklogSnapshot(this.#returned.snapshot(), this.#high.snapshot(), this.#normal.snapshot(), this.#turn);
  }

  *entries(): IterableIterator<Entry> {
    for (const deque of this.#all()) yield* deque.entries();
  }

  #all(): readonly EntryDeque[] {
    return [this.#returned, this.#high, this.#normal];
  }

  #next(): EntryDeque {
    if (this.#returned.length > 0) return this.#returned;
    if (this.#high.length === 0) return this.#normal;
    const high = this.#high.peek();
    const normal = this.#normal.peek();
    // A high message that came first anyway keeps its place even when it is the others' turn.
    const turnOfOthers = this.#turn === HIGH_IN_A_ROW && high !== undefined && normal !== undefined && normal.sequence < high.sequence;
    return turnOfOthers ? this.#normal : this.#high;
  }
}

class QuorumBacklogSnapshot implements BacklogSnapshot {
  readonly returned: BacklogSnapshot;
  readonly high: BacklogSnapshot;
  readonly normal: BacklogSnapshot;
  readonly turn: number;

  constructor(returned: BacklogSnapshot, high: BacklogSnapshot, normal: BacklogSnapshot, turn: number) {
    this.returned = returned;
    this.high = high;
    this.normal = normal;
    this.turn = turn;
  }

  get length(): number {
    return this.returned.length + this.high.length + this.normal.length;
  }

  *entries(): IterableIterator<Entry> {
    yield* this.returned.entries();
    yield* this.high.entries();
    yield* this.normal.entries();
  }
}
