import type { Message } from './message.ts';
import type { Refusal } from './refusal.ts';
import type { ChannelSink, ConnectionSink } from './sink.ts';

export interface Delivered {
  readonly consumerTag: string;
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly message: Message;
  readonly body: string;
}

/** A sink that remembers: for using a broker in process, and for tests. */
export class Recorder implements ChannelSink, ConnectionSink {
  writable = true;
  readonly delivered: Delivered[] = [];
  readonly returns: { readonly reason: string; readonly message: Message }[] = [];
  /** Everything but deliveries, in order: `ack 3 multiple`, `nack 4`, `cancelled ctag`, `blocked low on memory`. */
  readonly events: string[] = [];
  /** Called on every delivery, after it was noted. */
  onDelivery: ((delivered: Delivered) => void) | undefined;

  deliver(consumerTag: string, deliveryTag: number, redelivered: boolean, message: Message): void {
    const delivered = { consumerTag, deliveryTag, redelivered, message, body: Buffer.from(message.body).toString() };
    this.delivered.push(delivered);
    this.onDelivery?.(delivered);
  }

  returned(reason: 'no-route' | 'no-consumers', message: Message): void {
    this.returns.push({ reason, message });
    this.events.push(`returned ${reason}`);
  }

  confirmed(tag: number, multiple: boolean): void {
    this.events.push(multiple ? `ack ${tag} multiple` : `ack ${tag}`);
  }

  rejected(tag: number, multiple: boolean): void {
    this.events.push(multiple ? `nack ${tag} multiple` : `nack ${tag}`);
  }

  cancelled(consumerTag: string): void {
    this.events.push(`cancelled ${consumerTag}`);
  }

  refused(refusal: Refusal): void {
    this.events.push(`refused ${refusal.condition.kind}`);
  }

  blocked(reason: string): void {
    this.events.push(`blocked ${reason}`);
  }

  unblocked(): void {
    this.events.push('unblocked');
  }

  close(refusal: Refusal): void {
    this.events.push(`closed ${refusal.condition.kind}`);
  }

  /** The bodies delivered so far, and forgets them. */
  take(): string[] {
    return this.delivered.splice(0).map(({ body }) => body);
  }
}
