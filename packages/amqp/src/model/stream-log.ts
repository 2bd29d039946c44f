import { stream_message_overhead_bytes } from './limits.ts';
import type { Message } from './message.ts';

export interface StreamEntry {
  readonly offset: number;
  readonly message: Message;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The `x-stream-filter-value` header. */
  readonly filter: string | undefined;
}

interface Segment {
  entries: StreamEntry[];
  bytes: number;
}

/** Entries are only ever added at the end and dropped at the front, a segment at a time. Immutable. */
export interface StreamLogState {
  readonly segments: readonly { readonly entries: readonly StreamEntry[]; readonly length: number; readonly bytes: number }[];
  readonly next: number;
}

/** The messages of a stream, by offset. Nothing is consumed; age and size limits drop whole segments (osiris_log). */
export class StreamLog {
  #segments: Segment[] = [];
  #next = 0;
  #bytes = 0;

  /** The offset that the next message gets. */
  get next(): number {
    return this.#next;
  }

  /** The offset of the oldest message still there; {@link next} if there is none. */
  get first(): number {
    return this.#segments[0]?.entries[0]?.offset ?? this.#next;
  }

  get length(): number {
    return this.#next - this.first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns whether that filled a segment: a good moment to {@link retain}. */
  append(message: Message, time: number, filter: string | undefined, max_segment_bytes: number): boolean {
    let segment = this.#segments.at(-1);
    if (segment === undefined) {
      segment = { entries: [], bytes: 0 };
      this.#segments.push(segment);
    }
    segment.entries.push({ offset: this.#next++, message, time, filter });
    const stored = storedBytes(message);
    segment.bytes += stored;
    this.#bytes += stored;
    if (segment.bytes < max_segment_bytes) return false;
    this.#segments.push({ entries: [], bytes: 0 });
    return true;
  }

  /** Drops segments that are too much or too old; never the last (osiris_retention). */
  retain(max_bytes: number | undefined, oldest: number | undefined): void {
    let dropped = 0;
    for (const { entries, bytes } of this.#segments) {
      const tooMuch = max_bytes !== undefined && this.#bytes > max_bytes;
      const tooOld = oldest !== undefined && (entries.at(-1)?.time ?? 0) < oldest;
      if (dropped === this.#segments.length - 1 || (!tooMuch && !tooOld)) break;
      this.#bytes -= bytes;
      dropped++;
    }
    if (dropped > 0) this.#segments.splice(0, dropped);
  }

  at(offset: number): StreamEntry | undefined {
    // The last segment that begins no later; a client decides how many there are.
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#segments[middle]?.entries[0]?.offset ?? this.#next) <= offset) low = middle;
      else high = middle - 1;
    }
    const entries = this.#segments[low]?.entries ?? [];
    return entries[offset - (entries[0]?.offset ?? 0)];
  }

  /** The offset of the first message from then on; {@link next} if there is none yet. */
  offsetAt(time: number): number {
    for (const { entries } of this.#segments) {
      if ((entries.at(-1)?.time ?? 0) < time) continue;
      let low = 0;
      let high = entries.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((entries[middle]?.time ?? 0) < time) low = middle + 1;
        else high = middle;
      }
      return entries[low]?.offset ?? this.#next;
    }
    return this.#next;
  }

  *entries(): IterableIterator<StreamEntry> {
    for (const { entries } of this.#segments) yield* entries;
  }

  clear(): void {
    this.#segments = [];
    this.#next = 0;
    this.#bytes = 0;
  }

  snapshot(): StreamLogState {
    return { segments: this.#segments.map(({ entries, bytes }) => ({ entries, length: entries.length, bytes })), next: this.#next };
  }

  restore(state: StreamLogState): void {
    this.#segments = state.segments.map(({ entries, length, bytes }) => ({ entries: entries.slice(0, length), bytes }));
    this.#next = state.next;
    this.#bytes = state.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** What a message takes in a file of RabbitMQ's: a chunk of its own, with the address beside the body. */
export function storedBytes({ size, exchange, routingKey }: Message): number {
  return size + stream_message_overhead_bytes + exchange.length + routingKey.length;
}
