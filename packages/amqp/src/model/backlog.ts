import type { Entry } from './entry.ts';
import { backlog_chunk_entries } from './limits.ts';

/** Ready messages of a queue, oldest first. */
export interface Backlog {
  readonly length: number;
  /** The next message out. */
  peek(): Entry | undefined;
  shift(): Entry | undefined;
  push(entry: Entry): void;
  /** Puts entries back where their sequence numbers say. Ascending by sequence. */
  restore(entries: readonly Entry[]): void;
  clear(): void;
  /** Messages that have expired at the front, removed. */
  expire(now: number): readonly Entry[];
  /** When the message at the front expires, the earliest of several fronts; 0 for never. */
  nextExpiry(): number;
  snapshot(): BacklogSnapshot;
  entries(): IterableIterator<Entry>;
}

/** Shares its chunks with the backlog that it was taken of; nobody writes to them any more. */
export interface BacklogSnapshot {
  readonly length: number;
  entries(): IterableIterator<Entry>;
}

interface Chunk {
  /** Who may write to it: a backlog changes its own owner mark when a snapshot is taken. */
  owner: object;
  readonly items: (Entry | undefined)[];
}

/**
 * A queue of entries in chunks. Both ends cost O(1); a snapshot costs a copy of the list of chunks, and
 * afterwards a chunk is copied once before it is written to.
 */
export class EntryDeque implements Backlog {
  #chunks: Chunk[] = [];
  /** Index of the first entry in the first chunk. */
  #head = 0;
  #length = 0;
  #owner: object = this;

  static of(snapshot: BacklogSnapshot | undefined): EntryDeque {
    const deque = new EntryDeque();
    if (snapshot instanceof DequeSnapshot) {
      deque.#chunks = snapshot.chunks.slice();
      deque.#head = snapshot.head;
      deque.#length = snapshot.length;
    } else if (snapshot !== undefined) for (const entry of snapshot.entries()) deque.push(entry);
    return deque;
  }

  get length(): number {
    return this.#length;
  }

  peek(): Entry | undefined {
    return this.#length === 0 ? undefined : this.#chunks[0]?.items[this.#head];
  }

  shift(): Entry | undefined {
    const chunk = this.#chunks[0];
    if (chunk === undefined || this.#length === 0) return undefined;
    const entry = chunk.items[this.#head];
    const owned = chunk.owner === this.#owner;
    if (owned) chunk.items[this.#head] = undefined;
    this.#head++;
    this.#length--;
    if (this.#length === 0) this.#rewind(chunk, owned);
    else if (this.#head === chunk.items.length) {
      this.#chunks.shift();
      this.#head = 0;
    }
    return entry;
  }

  push(entry: Entry): void {
    const last = this.#chunks.length - 1;
    let chunk = this.#chunks[last];
    if (chunk === undefined || chunk.items.length >= backlog_chunk_entries) {
      chunk = { owner: this.#owner, items: [] };
      this.#chunks.push(chunk);
    } else if (chunk.owner !== this.#owner) {
      // The snapshot's copy ends where the snapshot's messages end, which is here.
      chunk = { owner: this.#owner, items: chunk.items.slice() };
      this.#chunks[last] = chunk;
    }
    chunk.items.push(entry);
    this.#length++;
  }

  restore(entries: readonly Entry[]): void {
    const first = entries[0];
    const last = entries[entries.length - 1];
    if (first === undefined || last === undefined) return;
    if (this.#length === 0 || first.sequence > this.#lastSequence()) for (const entry of entries) this.push(entry);
    else if (!this.#putInFront(entries, last)) this.#merge(entries, first, last);
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#length = 0;
  }

  expire(now: number): readonly Entry[] {
    let expired: Entry[] | undefined;
    for (let front = this.peek(); front !== undefined && front.expiresAt !== 0 && front.expiresAt <= now; front = this.peek()) {
      if (expired === undefined) expired = [front];
      else expired.push(front);
      this.shift();
    }
    return expired ?? NONE;
  }

  nextExpiry(): number {
    return this.peek()?.expiresAt ?? 0;
  }

  snapshot(): BacklogSnapshot {
    this.#owner = {};
    return new DequeSnapshot(this.#chunks.slice(), this.#head, this.#length);
  }

  entries(): IterableIterator<Entry> {
    return iterate(this.#chunks, this.#head, this.#length);
  }

  /** Empty. A chunk of ours is used on for a while, so that a queue that fills and empties hardly allocates. */
  #rewind(chunk: Chunk, owned: boolean): void {
    if (owned && this.#head === chunk.items.length && this.#head < REUSED_ENTRIES) return;
    this.#head = 0;
    this.#chunks = [];
  }

  #lastSequence(): number {
    return this.#chunks[this.#chunks.length - 1]?.items.at(-1)?.sequence ?? 0;
  }

  /** Where others were taken from: the usual case, and it needs nothing new. */
  #putInFront(entries: readonly Entry[], last: Entry): boolean {
    const chunk = this.#chunks[0];
    const front = this.peek();
    if (chunk === undefined || front === undefined || chunk.owner !== this.#owner) return false;
    if (last.sequence > front.sequence || entries.length > this.#head) return false;
    this.#head -= entries.length;
    for (const [index, entry] of entries.entries()) chunk.items[this.#head + index] = entry;
    this.#length += entries.length;
    return true;
  }

  /** Only the chunks that the entries belong into are made anew, so that putting back one by one costs little each time. */
  #merge(entries: readonly Entry[], first: Entry, last: Entry): void {
    const from = this.#chunkOf(first.sequence);
    const behind = this.#chunkOf(last.sequence) + 1;
    const items = this.#chunks.slice(from, behind).flatMap((chunk) => chunk.items);
    const there = (from === 0 ? items.slice(this.#head) : items).filter((item) => item !== undefined);
    this.#chunks = [...this.#chunks.slice(0, from), ...this.#cut(merged(there, entries)), ...this.#chunks.slice(behind)];
    if (from === 0) this.#head = 0;
    this.#length += entries.length;
  }

  /** The last chunk that begins before it; the first if none does. */
  #chunkOf(sequence: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#chunks[middle]?.items[0]?.sequence ?? 0) < sequence) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Of equal length, so that none is full when the next comes between. */
  #cut(entries: readonly Entry[]): Chunk[] {
    const length = Math.ceil(entries.length / Math.ceil(entries.length / backlog_chunk_entries));
    const chunks: Chunk[] = [];
    for (let start = 0; start < entries.length; start += length) {
      chunks.push({ owner: this.#owner, items: entries.slice(start, start + length) });
    }
    return chunks;
  }
}

/** Both ascend. */
function merged(one: readonly Entry[], other: readonly Entry[]): Entry[] {
  const all: Entry[] = [];
  let next = 0;
  for (const entry of one) {
    for (let before = other[next]; before !== undefined && before.sequence < entry.sequence; before = other[++next]) all.push(before);
    all.push(entry);
  }
  return all.concat(other.slice(next));
}

class DequeSnapshot implements BacklogSnapshot {
  readonly chunks: readonly Chunk[];
  readonly head: number;
  readonly length: number;

  constructor(chunks: readonly Chunk[], head: number, length: number) {
    this.chunks = chunks;
    this.head = head;
    this.length = length;
  }

  entries(): IterableIterator<Entry> {
    return iterate(this.chunks, this.head, this.length);
  }
}

function* iterate(chunks: readonly Chunk[], head: number, length: number): IterableIterator<Entry> {
  let index = head;
  let left = length;
  for (const chunk of chunks) {
    for (; index < chunk.items.length && left > 0; index++, left--) {
      const entry = chunk.items[index];
      if (entry !== undefined) yield entry;
    }
    index = 0;
  }
}

/** How far an emptied queue uses its chunk on; few, because thousands of idle queues may each keep one. */
const REUSED_ENTRIES = 32;

const NONE: readonly Entry[] = [];
