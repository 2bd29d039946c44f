import type { BacklogSnapshot } from './backlog.ts';
import type { Entry } from './entry.ts';
import type { StreamLogState } from './stream-log.ts';

/** The messages of a queue in a snapshot. Shares structure with the queue and never changes. */
export interface QueueState {
  readonly ready: BacklogSnapshot;
  /** Delivered and not acknowledged then: they come back as redelivered. */
  readonly unacked: readonly Entry[];
  readonly sequence: number;
  readonly readyBytes: number;
  /** Some of the messages expire. */
  readonly expiring: boolean;
  /** Of a stream. */
  readonly log?: StreamLogState;
}
