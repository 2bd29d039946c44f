import type { Clock } from './clock.ts';
import { journal_events_max } from './limits.ts';

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
  /** A function where formatting costs: it is called when somebody reads, not when it happens. */
  readonly attributes: Attributes | (() => Attributes);
  readonly outcome: Outcome | undefined;
}

export type JournalEntry = Omit<JournalEvent, 'sequence' | 'time'>;

/** A ring of what happened in a world. Off, it costs its callers one branch. */
export class Journal {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #ring: (JournalEvent | undefined)[] = [];
  readonly #followers = new Set<(event: JournalEvent) => void>();
  readonly #switched = new Set<() => void>();
  #sequence = 0;
  #enabled = false;

  constructor(clock: Clock, capacity: number = journal_events_max) {
    this.#clock = clock;
    this.#capacity = capacity;
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
    const event: JournalEvent = { sequence: ++this.#sequence, time: this.#clock.now(), ...entry };
    this.#ring[(event.sequence - 1) % this.#capacity] = event;
    for (const follow of this.#followers) follow(event);
  }

  /** The events still in the ring, oldest first, from sequence number `since` (exclusive). */
  *events(since = 0): IterableIterator<JournalEvent> {
    const first = Math.max(since, this.#sequence - this.#ring.length);
    for (let sequence = first; sequence < this.#sequence; sequence++) {
      const event = this.#ring[sequence % this.#capacity];
      if (event !== undefined && event.sequence > since) yield event;
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
  }

  /** For the taps, which keep the answer to "does anybody listen?" in one flag. */
  onSwitch(tell: () => void): void {
    this.#switched.add(tell);
  }
}

export function attributesOf(event: Pick<JournalEvent, 'attributes'>): Attributes {
  return typeof event.attributes === 'function' ? event.attributes() : event.attributes;
}
