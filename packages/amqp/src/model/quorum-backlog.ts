import { type Backlog, type BacklogSnapshot, EntryDeque } from './backlog.ts';
import type { Entry } from './entry.ts';
import { FairBacklog } from './fair-backlog.ts';
import type { Release } from './persona.ts';
import { PriorityBacklog } from './priority-backlog.ts';

/** rabbit_fifo, MAX_PRIORITY and DEFAULT_PRIORITY. */
const PRIORITY_MAX = 31;
const PRIORITY_DEFAULT = 4;

/** The ready messages of a quorum queue (rabbit_fifo): what consumers returned comes first, in the order it was returned; then the rest. */
export class QuorumBacklog implements Backlog {
  readonly #returned: EntryDeque;
  /** What nobody returned, in the order of a release of RabbitMQ. */
  readonly #fresh: Backlog;

  constructor(returned: EntryDeque, fresh: Backlog) {
    this.#returned = returned;
    this.#fresh = fresh;
  }

  static of(release: Release, snapshot: BacklogSnapshot | undefined): QuorumBacklog {
    if (!(snapshot instanceof QuorumSnapshot)) return new QuorumBacklog(new EntryDeque(), freshOf(release, snapshot));
    return new QuorumBacklog(EntryDeque.of(snapshot.returned), freshOf(release, snapshot.fresh));
  }

  get length(): number {
    return this.#returned.length + this.#fresh.length;
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

  clear(): void {
    this.#returned.clear();
    this.#fresh.clear();
  }

  expire(now: number): readonly Entry[] {
    const expired = this.#returned.expire(now);
    return this.#looksBehind ? [...expired, ...this.#fresh.expire(now)] : expired;
  }

  nextExpiry(): number {
    const returned = this.#returned.nextExpiry();
    const fresh = this.#looksBehind ? this.#fresh.nextExpiry() : 0;
    return returned === 0 || fresh === 0 ? returned + fresh : Math.min(returned, fresh);
  }

  snapshot(): BacklogSnapshot {
    return new QuorumSnapshot(this.#returned.snapshot(), this.#fresh.snapshot());
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

/** From 4.3 on strictly by priority (rabbit_fifo_pq); before 4.0 there are none. */
function freshOf(release: Release, snapshot: BacklogSnapshot | undefined): Backlog {
  if (release.has('strict-priorities')) return PriorityBacklog.of(PRIORITY_MAX, snapshot, PRIORITY_DEFAULT);
  return release.persona === '4' ? FairBacklog.of(snapshot) : EntryDeque.of(snapshot);
}

class QuorumSnapshot implements BacklogSnapshot {
  readonly returned: BacklogSnapshot;
  readonly fresh: BacklogSnapshot;

  constructor(returned: BacklogSnapshot, fresh: BacklogSnapshot) {
    this.returned = returned;
    this.fresh = fresh;
  }

  get length(): number {
    return this.returned.length + this.fresh.length;
  }

  *entries(): IterableIterator<Entry> {
    yield* this.returned.entries();
    yield* this.fresh.entries();
  }
}
