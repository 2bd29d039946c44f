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

  constructor(message: Message, sequence: number, returns: number, expiresAt: number) {
    this.message = message;
    this.sequence = sequence;
    this.returns = returns;
    this.expiresAt = expiresAt;
  }
}
