import { type Backlog, type BacklogSnapshot, EntryDeque } from './backlog.ts';
import { DelayedReturns } from './delayed-returns.ts';
import type { Entry } from './entry.ts';
import { FairBacklog } from './fair-backlog.ts';
import type { Release } from './persona.ts';
import { PriorityBacklog } from './priority-backlog.ts';

/** rabbit_fifo, MAX_PRIORITY and DEFAULT_PRIORITY. */
const PRIORITY_MAX = 31;
const PRIORITY_DEFAULT = 4;

/** What a quorum queue tells of its messages. */
export interface QuorumCounts {
  readonly returned: number;
  readonly delayed: number;
  /** When the first and the last of them are ready; milliseconds since 1970, 0 for never. */
  readonly nextDelayedAt: number;
  readonly lastDelayedAt: number;
  /** From 4.0 to 4.2. */
  readonly high: number;
  readonly normal: number;
  /** Since 4.3, of what nobody returned. */
  readonly byPriority: ReadonlyMap<number, number>;
}

/** The ready messages of a quorum queue (rabbit_fifo): what consumers returned comes first, in the order it was returned; then the rest. */
export class QuorumBacklog implements Backlog {
  readonly #returned: EntryDeque;
  /** What nobody returned, in the order of a release of RabbitMQ. */
  readonly #fresh: Backlog;
  /** Not ready. */
  readonly #delayed: DelayedReturns;

  constructor(returned: EntryDeque, fresh: Backlog, delayed: DelayedReturns) {
    this.#returned = returned;
    this.#fresh = fresh;
    this.#delayed = delayed;
  }

  static of(release: Release, snapshot: BacklogSnapshot | undefined): QuorumBacklog {
    if (!(snapshot instanceof QuorumSnapshot)) return new QuorumBacklog(new EntryDeque(), freshOf(release, snapshot), new DelayedReturns());
    const { returned, fresh, delayed } = snapshot;
    return new QuorumBacklog(EntryDeque.of(returned), freshOf(release, fresh), new DelayedReturns(delayed));
  }

  get length(): number {
    return this.#returned.length + this.#fresh.length;
  }

  get delayedLength(): number {
    return this.#delayed.length;
  }

  get counts(): QuorumCounts {
    const fresh = this.#fresh;
    const high = fresh instanceof FairBacklog ? fresh.highLength : 0;
    const byPriority = fresh instanceof PriorityBacklog ? fresh.counts : NO_COUNTS;
    const { length: delayed, nextReady: nextDelayedAt, lastReady: lastDelayedAt } = this.#delayed;
    return { returned: this.#returned.length, delayed, nextDelayedAt, lastDelayedAt, high, normal: fresh.length - high, byPriority };
  }

  peek(): Entry | undefined {
    return this.#next().peek();
  }

  shift(): Entry | undefined {
    return this.#next().shift();
  }

  push(entry: Entry): void {
    this.#fresh.push(entry);
  }

  /** At the back. Ascending by sequence, and all higher than what is here. */
  restoreBehind(entries: readonly Entry[]): void {
    this.#fresh.restore(entries);
  }

  restore(entries: readonly Entry[]): void {
    for (const entry of entries) this.#returned.push(entry);
  }

  /** Where `restore` puts them, but not before `readyAt`. */
  restoreLater(entry: Entry, readyAt: number): void {
    this.#delayed.push(entry, readyAt);
  }

  clear(): void {
    this.#delayed.clear();
    this.#returned.clear();
    this.#fresh.clear();
  }

  /** And makes ready what has been delayed for long enough. */
  expire(now: number): readonly Entry[] {
    this.restore(this.#delayed.take(now));
    const expired = this.#returned.expire(now);
    return this.#looksBehind ? [...expired, ...this.#fresh.expire(now)] : expired;
  }

  nextExpiry(): number {
    const returned = this.#returned.nextExpiry();
    const fresh = this.#looksBehind ? this.#fresh.nextExpiry() : 0;
    const times = [returned, fresh, this.#delayed.nextReady].filter((time) => time !== 0);
    return times.length === 0 ? 0 : Math.min(...times);
  }

  snapshot(): BacklogSnapshot {
    return new QuorumSnapshot(this.#returned.snapshot(), this.#fresh.snapshot(), this.#delayed.snapshot());
  }

  *entries(): IterableIterator<Entry> {
    yield* this.#returned.entries();
    yield* this.#fresh.entries();
  }

  /** Up to 4.2 what was not returned expires once nothing that was returned is before it; from 4.3 on each priority has a front (rabbit_fifo:expire_batch/3). */
  get #looksBehind(): boolean {
    return this.#returned.length === 0 || this.#fresh instanceof PriorityBacklog;
  }

  #next(): Backlog {
    return this.#returned.length > 0 ? this.#returned : this.#fresh;
  }
}

const NO_COUNTS: ReadonlyMap<number, number> = new Map();

/** From 4.3 on strictly by priority (rabbit_fifo_pq); before 4.0 there are none. */
function freshOf(release: Release, snapshot: BacklogSnapshot | undefined): Backlog {
  if (release.has('strict-priorities')) return PriorityBacklog.of(PRIORITY_MAX, snapshot, PRIORITY_DEFAULT);
  return release.persona === '4' ? FairBacklog.of(snapshot) : EntryDeque.of(snapshot);
}

class QuorumSnapshot implements BacklogSnapshot {
  readonly returned: BacklogSnapshot;
  readonly fresh: BacklogSnapshot;
  readonly delayed: ReturnType<DelayedReturns['snapshot']>;

  constructor(returned: BacklogSnapshot, fresh: BacklogSnapshot, delayed: ReturnType<DelayedReturns['snapshot']>) {
    this.returned = returned;
    this.fresh = fresh;
    this.delayed = delayed;
  }

  get length(): number {
    return this.returned.length + this.fresh.length + this.delayed.length;
  }

  *entries(): IterableIterator<Entry> {
    yield* this.returned.entries();
    yield* this.fresh.entries();
    for (const { entry } of this.delayed) yield entry;
  }
}
