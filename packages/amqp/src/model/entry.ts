import type { Message } from './message.ts';

/**
 * A message's place in one queue. Immutable, so that snapshots can share it: a requeued message gets a
 * new one.
 */
export class Entry {
  readonly message: Message;
  /** Position in its queue; a requeued message keeps it. */
  readonly sequence: number;
  /** How often it was delivered and came back. */
  readonly returns: number;
  /** Milliseconds since 1970; 0 for never. */
  readonly expiresAt: number;
  /** How often a consumer failed with it, here and in queues that it died in; 0 where nobody counts. */
  readonly failures: number;

  constructor(message: Message, sequence: number, returns: number, expiresAt: number, failures: number) {
    this.message = message;
    this.sequence = sequence;
    this.returns = returns;
    this.expiresAt = expiresAt;
    this.failures = failures;
  }

  get redelivered(): boolean {
    return this.returns > 0 || this.failures > 0;
  }

  /** In another place of its queue. */
  moved(sequence: number): Entry {
    return new Entry(this.message, sequence, this.returns, this.expiresAt, this.failures);
  }

  /** As it is once it came back. */
  returned(failed: boolean): Entry {
    return new Entry(this.message, this.sequence, this.returns + 1, this.expiresAt, this.failures + (failed ? 1 : 0));
  }
}
