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
    const last = entries[entries.length - 1];
    if (last === undefined) return;
    const merged: Entry[] = [];
    let next = 0;
    for (let front = this.peek(); front !== undefined && front.sequence < last.sequence; front = this.peek()) {
      for (let entry = entries[next]; entry !== undefined && entry.sequence < front.sequence; entry = entries[++next]) merged.push(entry);
      merged.push(front);
      this.shift();
    }
    for (let entry = entries[next]; entry !== undefined; entry = entries[++next]) merged.push(entry);
    this.#prepend(merged);
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

  #prepend(entries: Entry[]): void {
    if (this.#length === 0) {
      this.clear();
      for (const entry of entries) this.push(entry);
      return;
    }
    let rest = entries.length;
    const first = this.#chunks[0];
    if (first !== undefined) {
      const room = Math.min(this.#head, rest);
      if (room > 0) {
        const items = first.owner === this.#owner ? first.items : first.items.slice();
        for (let index = 0; index < room; index++) items[--this.#head] = entries[--rest];
        this.#chunks[0] = { owner: this.#owner, items };
        this.#length += room;
      }
    }
    const front: Chunk[] = [];
    for (let start = 0; start < rest; start += backlog_chunk_entries) {
      front.push({ owner: this.#owner, items: entries.slice(start, Math.min(rest, start + backlog_chunk_entries)) });
    }
    if (front.length > 0) {
      this.#chunks = front.concat(this.#chunks);
      this.#length += rest;
      this.#head = 0;
    }
  }
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
