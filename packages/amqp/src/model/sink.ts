import type { Message } from './message.ts';
import type { Refusal } from './refusal.ts';

/**
 * Where a channel's messages go: implemented by the session of a protocol, or by whoever uses the
 * broker in process. None of it may throw: that costs the connection. It may call back into the broker.
 */
export interface ChannelSink {
  /** False while the client does not read: messages stay queued until `Channel.resume`. */
  readonly writable: boolean;
  deliver(consumerTag: string, deliveryTag: number, redelivered: boolean, message: Message): void;
  returned(reason: 'no-route' | 'no-consumers', message: Message): void;
  confirmed(tag: number, multiple: boolean): void;
  /** A negative confirm (basic.nack from the broker). */
  rejected(tag: number, multiple: boolean): void;
  /** The broker ended a consumer: its queue is gone. */
  cancelled(consumerTag: string): void;
  /** The broker ends the channel on its own account: a delivery was not acknowledged in time. */
  refused(refusal: Refusal): void;
}

export interface ConnectionSink {
  /** Publishers wait: a resource alarm is raised. */
  blocked(reason: string): void;
  unblocked(): void;
  /** The broker or an operator ends the connection. */
  close(refusal: Refusal): void;
  /** This sink or that of a channel threw, and the connection ends for it. Without it the error goes where those of the clock's timers go. */
  failed?(error: unknown): void;
}
