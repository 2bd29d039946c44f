import type { Clock, Timer } from './clock.ts';
import { type Connection, HOLD_FAULT } from './connection.ts';
import { delayed_operations_max } from './limits.ts';

interface Delayed {
  readonly go: () => void;
  timer: Timer;
}

/** What is held back on one connection, oldest first. */
interface Line {
  readonly waiting: Set<Delayed>;
  /** Nothing that goes out may overtake it. It may have happened already. */
  lastOutgoing: Delayed | undefined;
}

/**
 * What delay faults hold back. A connection's input waits while anything is, and nothing overtakes an outgoing
 * operation: its client sees what a slow network would show it.
 */
export class DelayedOperations {
  readonly #clock: Clock;
  readonly #onEmpty: () => void;
  readonly #lines = new Map<Connection, Line>();

  /** `onEmpty` hears that nothing is held back any more. */
  constructor(clock: Clock, onEmpty: () => void) {
    this.#clock = clock;
    this.#onEmpty = onEmpty;
  }

  get any(): boolean {
    return this.#lines.size > 0;
  }

  /** Whether an outgoing operation of this connection is still to come. */
  holdsOutput(connection: Connection): boolean {
    return lastOutgoing(this.#lines.get(connection)) !== undefined;
  }

  /** `go` happens so many milliseconds from now; an outgoing one after all those that went before it. */
  add(connection: Connection, outgoing: boolean, milliseconds: number, go: () => void): void {
    const line = this.#lines.get(connection) ?? this.#begin(connection);
    const before = outgoing ? lastOutgoing(line) : undefined;
    const at = Math.max(this.#clock.now() + milliseconds, before?.timer.time ?? 0);
    const delayed: Delayed = { go, timer: this.#clock.at(at, () => this.#due(connection, line, delayed, outgoing)) };
    line.waiting.add(delayed);
    if (outgoing) line.lastOutgoing = delayed;
    if (line.waiting.size <= delayed_operations_max) return;
    // Instead of the memory, the delay gives way: what waits longest goes early.
    const [longest] = line.waiting;
    if (longest !== undefined) this.#finish(connection, line, longest);
  }

  /** Everything happens now. */
  hurry(): void {
    for (const [connection, line] of this.#lines) for (const delayed of line.waiting) this.#finish(connection, line, delayed);
  }

  #begin(connection: Connection): Line {
    // With a frozen clock, what was held back for connections that are gone would stay.
    for (const [other, { waiting }] of this.#lines) {
      if (!other.closed) continue;
      for (const { timer } of waiting) timer.cancel();
      this.#lines.delete(other);
    }
    const line: Line = { waiting: new Set(), lastOutgoing: undefined };
    this.#lines.set(connection, line);
    connection.hold(HOLD_FAULT);
    return line;
  }

  #due(connection: Connection, line: Line, delayed: Delayed, inOrder: boolean): void {
    const before = inOrder ? undefined : lastOutgoing(line);
    if (before === undefined) {
      this.#finish(connection, line, delayed);
      return;
    }
    // A request: its answer goes behind what the client was to be told until now.
    delayed.timer = this.#clock.at(before.timer.time, () => this.#due(connection, line, delayed, true));
    line.lastOutgoing = delayed;
  }

  #finish(connection: Connection, line: Line, delayed: Delayed): void {
    delayed.timer.cancel();
    line.waiting.delete(delayed);
    try {
      if (!connection.ending) {
        delayed.go();
        connection.written();
      }
    } finally {
      if (line.waiting.size === 0) this.#end(connection);
    }
  }

  #end(connection: Connection): void {
    this.#lines.delete(connection);
    if (!this.any) this.#onEmpty();
    connection.release(HOLD_FAULT);
  }
}

function lastOutgoing(line: Line | undefined): Delayed | undefined {
  return line?.lastOutgoing !== undefined && line.waiting.has(line.lastOutgoing) ? line.lastOutgoing : undefined;
}
