import type { Consumer } from './consumer.ts';
import type { Entry } from './entry.ts';
import type { Queue } from './queue.ts';

/** A message that a client has and has not acknowledged. */
export class Delivery {
  readonly tag: number;
  readonly entry: Entry;
  readonly queue: Queue;
  /** Undefined after basic.get. Another with the same tag may take its place. */
  consumer: Consumer | undefined;
  settled = false;
  /** The broker was reset or restored since: the message is elsewhere, and an acknowledgement means nothing. */
  stale = false;

  constructor(tag: number, entry: Entry, queue: Queue, consumer: Consumer | undefined) {
    this.tag = tag;
    this.entry = entry;
    this.queue = queue;
    this.consumer = consumer;
  }
}
