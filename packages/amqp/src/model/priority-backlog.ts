import { type Backlog, type BacklogSnapshot, EntryDeque } from './backlog.ts';
import type { Entry } from './entry.ts';

/** A deque per priority in use, the highest first: x-max-priority (rabbit_priority_queue), and quorum queues. */
export class PriorityBacklog implements Backlog {
  readonly #maximum: number;
  /** The priority of messages that have none. */
  readonly #unset: number;
  /** By priority. */
  readonly #levels: (EntryDeque | undefined)[] = [];
  #length = 0;
  /** No level above it has messages. */
  #highest = 0;

  constructor(maximum: number, unset: number) {
    this.#maximum = maximum;
    this.#unset = unset;
  }

  static of(maximum: number, snapshot: BacklogSnapshot | undefined, unset = 0): PriorityBacklog {
    const backlog = new PriorityBacklog(maximum, unset);
    if (snapshot instanceof PrioritySnapshot) {
      for (const [priority, level] of snapshot.levels) {
        backlog.#levels[priority] = EntryDeque.of(level);
        backlog.#highest = Math.max(backlog.#highest, priority);
      }
      backlog.#length = snapshot.length;
    } else if (snapshot !== undefined) for (const entry of snapshot.entries()) backlog.push(entry);
    return backlog;
  }

  get length(): number {
    return this.#length;
  }

  /** How many there are of each priority, the lowest first. */
  get counts(): ReadonlyMap<number, number> {
    return new Map(
      this.#levels.flatMap((level, priority) => (level === undefined || level.length === 0 ? [] : [[priority, level.length]])),
    );
  }

  peek(): Entry | undefined {
    return this.#front()?.peek();
  }

  shift(): Entry | undefined {
    const entry = this.#front()?.shift();
    if (entry !== undefined) this.#length--;
    return entry;
  }

  push(entry: Entry): void {
    this.#level(this.#priorityOf(entry)).push(entry);
    this.#length++;
  }

  restore(entries: readonly Entry[]): void {
    const byLevel = new Map<EntryDeque, Entry[]>();
    for (const entry of entries) {
      const level = this.#level(this.#priorityOf(entry));
      const some = byLevel.get(level);
      if (some === undefined) byLevel.set(level, [entry]);
      else some.push(entry);
    }
    for (const [level, some] of byLevel) level.restore(some);
    this.#length += entries.length;
  }

  clear(): void {
    this.#levels.length = 0;
    this.#length = 0;
    this.#highest = 0;
  }

  expire(now: number): readonly Entry[] {
    const expired: Entry[] = [];
    for (let priority = this.#levels.length - 1; priority >= 0; priority--) {
      for (const entry of this.#levels[priority]?.expire(now) ?? []) expired.push(entry);
    }
    this.#length -= expired.length;
    return expired;
  }

  nextExpiry(): number {
    let next = 0;
    for (const level of this.#levels) {
      const at = level?.nextExpiry() ?? 0;
      if (at !== 0 && (next === 0 || at < next)) next = at;
    }
    return next;
  }

  snapshot(): BacklogSnapshot {
    const levels = new Map<number, BacklogSnapshot>();
    this.#levels.forEach((level, priority) => {
      if (level !== undefined && level.length > 0) levels.set(priority, level.snapshot());
    });
    return new PrioritySnapshot(levels, this.#length);
  }

  *entries(): IterableIterator<Entry> {
    for (let priority = this.#levels.length - 1; priority >= 0; priority--) yield* this.#levels[priority]?.entries() ?? [];
  }

  #front(): EntryDeque | undefined {
    if (this.#length === 0) return undefined;
    while (this.#highest > 0 && (this.#levels[this.#highest]?.length ?? 0) === 0) this.#highest--;
    return this.#levels[this.#highest];
  }

  /** One above the maximum is the maximum. */
  #priorityOf({ message: { header } }: Entry): number {
    return header.plain ? this.#unset : Math.max(0, Math.min(header.priority ?? this.#unset, this.#maximum));
  }

  #level(priority: number): EntryDeque {
    if (priority > this.#highest) this.#highest = priority;
    let level = this.#levels[priority];
    if (level === undefined) {
      level = new EntryDeque();
      this.#levels[priority] = level;
    }
    return level;
  }
}

class PrioritySnapshot implements BacklogSnapshot {
  readonly levels: ReadonlyMap<number, BacklogSnapshot>;
  readonly length: number;

  constructor(levels: ReadonlyMap<number, BacklogSnapshot>, length: number) {
    this.levels = levels;
    this.length = length;
  }

  *entries(): IterableIterator<Entry> {
    for (const [, level] of [...this.levels].sort(([one], [other]) => other - one)) yield* level.entries();
  }
}
