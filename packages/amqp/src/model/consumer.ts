import type { Channel } from './channel.ts';
import type { Table } from './field-table.ts';
import type { Queue } from './queue.ts';

/** What a queue needs to know of the channel that a consumer lives on. */
export class Consumer {
  readonly channel: Channel;
  readonly queue: Queue;
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  /** Unacknowledged deliveries that it may hold; 0 for any number. */
  readonly prefetch: number;
  readonly priority: number;
  readonly arguments: Table;
  unacked = 0;
  /** Consumers of a quorum queue, in the order they came. */
  ordinal = 0;
  /** In its queue's ring of consumers that may take a message. */
  waiting = false;
  cancelled = false;
  /** Deliveries that its queue took back from it: until it settles them, it gets no others (4.3). */
  overdue = 0;

  constructor(channel: Channel, queue: Queue, properties: ConsumerProperties) {
    this.channel = channel;
    this.queue = queue;
    this.tag = properties.tag;
    this.noAck = properties.noAck;
    this.exclusive = properties.exclusive;
    this.prefetch = properties.prefetch;
    this.priority = properties.priority;
    this.arguments = properties.arguments;
  }

  get ready(): boolean {
    const { channel } = this;
    // Without acknowledgements it takes no room from the channel, but waits for some (rabbit_limiter:can_send/3).
    if (this.overdue > 0 || !channel.sink.writable) return false;
    // Other queues than classic ones don't ask (rabbit_limiter:can_send/3): they take no consumer then, but may have one already.
    if (!channel.hasRoom && this.queue.type === 'classic') return false;
    return this.noAck || this.prefetch === 0 || this.unacked < this.prefetch;
  }

  /** With single active consumer: this is the one. Without: every consumer is active. */
  get active(): boolean {
    return this.queue.isActive(this);
  }
}

export interface ConsumerProperties {
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly prefetch: number;
  readonly priority: number;
  readonly arguments: Table;
}
