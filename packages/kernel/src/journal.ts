import type { Clock } from './clock.ts';
import { journal_bytes_max, journal_events_max } from './limits.ts';

export type AttributeValue = string | number | bigint | boolean | undefined;
/** What an operation was about: `{ exchange: 'orders', routing_key: 'eu' }`. Names as in the protocol. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** `in`: a client asked. `out`: we told a client. `internal`: a timer, a control operation or a fault did it. */
export type Direction = 'in' | 'out' | 'internal';

export interface Outcome {
  /** The protocol's own code: 404, 'noSuchObject', 42. `undefined` is success. */
  readonly code?: number | string | undefined;
  readonly text?: string | undefined;
}

export interface JournalEvent {
  readonly sequence: number;
  /** World time, milliseconds since 1970. */
  readonly time: number;
  readonly emulator: string;
  /** The connection's number, 0 where no connection is involved. */
  readonly connection: number;
  readonly direction: Direction;
  readonly operation: string;
  readonly attributes: Attributes;
  readonly outcome: Outcome | undefined;
}

export interface JournalEntry extends Omit<JournalEvent, 'sequence' | 'time' | 'attributes'> {
  /**
   * A function where formatting costs: it is not called while nobody records. It is when the operation is recorded, not
   * when somebody reads: what it refers to (a message with its body) would stay in memory until then.
   */
  readonly attributes: Attributes | (() => Attributes);
}

interface Kept {
  readonly event: JournalEvent;
  readonly bytes: number;
}

/** A ring of what happened in a world, bounded in events and in bytes. Off, it costs its callers one branch. */
export class Journal {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #bytesMax: number;
  readonly #ring: (Kept | undefined)[] = [];
  readonly #followers = new Set<(event: JournalEvent) => void>();
  readonly #switched = new Set<() => void>();
  #sequence = 0;
  /** The sequence number before that of the oldest event in the ring. */
  #forgotten = 0;
  #bytes = 0;
  #enabled = false;

  constructor(clock: Clock, capacity: number = journal_events_max, bytesMax: number = journal_bytes_max) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#bytesMax = bytesMax;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  enable(on = true): void {
    if (this.#enabled === on) return;
    this.#enabled = on;
    for (const tell of this.#switched) tell();
  }

  record(entry: JournalEntry): void {
    const attributes = attributesOf(entry);
    const event: JournalEvent = { ...entry, sequence: ++this.#sequence, time: this.#clock.now(), attributes };
    const bytes = bytesOf(event);
    if (this.#sequence - this.#forgotten > this.#capacity) this.#forget();
    this.#ring[(event.sequence - 1) % this.#capacity] = { event, bytes };
    this.#bytes += bytes;
    // The latest stays, whatever its size.
    while (this.#bytes > this.#bytesMax && this.#forgotten + 1 < this.#sequence) this.#forget();
    for (const follow of this.#followers) follow(event);
  }

  /** The events still in the ring, oldest first, from sequence number `since` (exclusive). */
  *events(since = 0): IterableIterator<JournalEvent> {
    // Somebody may record between two of them, and the oldest go.
    for (let at = Math.max(since, this.#forgotten); at < this.#sequence; at = Math.max(at + 1, this.#forgotten)) {
      const kept = this.#ring[at % this.#capacity];
      if (kept !== undefined) yield kept.event;
    }
  }

  /** Calls `follow` for every event from now on; the result ends it. */
  follow(follow: (event: JournalEvent) => void): () => void {
    this.#followers.add(follow);
    return () => this.#followers.delete(follow);
  }

  /** Forgets the events. Sequence numbers go on, so that whoever reads from one on misses nothing. */
  clear(): void {
    this.#ring.fill(undefined);
    this.#forgotten = this.#sequence;
    this.#bytes = 0;
  }

  /** For the taps, which keep the answer to "does anybody listen?" in one flag. */
  onSwitch(tell: () => void): void {
    this.#switched.add(tell);
  }

  #forget(): void {
    const at = this.#forgotten++ % this.#capacity;
    this.#bytes -= this.#ring[at]?.bytes ?? 0;
    this.#ring[at] = undefined;
  }
}

export function attributesOf({ attributes }: Pick<JournalEntry, 'attributes'>): Attributes {
  return typeof attributes === 'function' ? attributes() : attributes;
}

/** An object with a few numbers, and as much again for the attributes' object. */
const event_bytes = 256;

/** About what an event takes in memory. Texts count two bytes a character, which they take unless all of it is Latin-1. */
function bytesOf({ attributes, outcome }: JournalEvent): number {
  let bytes = event_bytes + 2 * (outcome?.text?.length ?? 0);
  for (const value of Object.values(attributes)) bytes += typeof value === 'string' ? 2 * value.length : 16;
  return bytes;
}
